//! The parser that pest makes of `grammar/survey.pest`.
//!
//! Its `Rule` and its spans stay inside this folder.

use pest_derive::Parser;

/// Carries the generated parser.
#[derive(Parser)]
#[grammar = "grammar/survey.pest"]
pub(super) struct SurveyParser;

/// One node of pest's tree.
pub(super) type Pair<'i> = pest::iterators::Pair<'i, Rule>;
