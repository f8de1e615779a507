//! `JUnit` XML, as CI servers read it: one suite a spec, one case a test.

use std::fmt::Write as _;

use super::{Failure, Suite};

/// Writes all suites. Times are left out: the tests of a spec take none worth telling, and the same spec gives the same bytes.
pub(super) fn write(suites: &[Suite]) -> String {
    let tests: usize =
        suites.iter().map(|suite| suite.tests.len() + usize::from(suite.broken.is_some())).sum();
    let failures: usize = suites.iter().map(failed).sum();
    let errors = suites.iter().filter(|suite| suite.broken.is_some()).count();
    let mut xml = String::from("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n");
    let _ = writeln!(
        xml,
        "<testsuites name=\"canvass test\" tests=\"{tests}\" failures=\"{failures}\" errors=\"{errors}\">"
    );
    for suite in suites {
        let name = escaped(&suite.spec);
        let broken = usize::from(suite.broken.is_some());
        let count = suite.tests.len() + broken;
        let failures = failed(suite);
        let _ = writeln!(
            xml,
            "  <testsuite name=\"{name}\" tests=\"{count}\" failures=\"{failures}\" errors=\"{broken}\">"
        );
        if let Some(failure) = &suite.broken {
            let _ = writeln!(xml, "    <testcase classname=\"{name}\" name=\"the spec checks clean\">");
            element(&mut xml, "error", failure);
            xml.push_str("    </testcase>\n");
        }
        for test in &suite.tests {
            let case = escaped(&test.name);
            let _ = write!(xml, "    <testcase classname=\"{name}\" name=\"{case}\"");
            if test.failures.is_empty() {
                xml.push_str("/>\n");
                continue;
            }
            xml.push_str(">\n");
            test.failures.iter().for_each(|failure| element(&mut xml, "failure", failure));
            xml.push_str("    </testcase>\n");
        }
        xml.push_str("  </testsuite>\n");
    }
    xml.push_str("</testsuites>\n");
    xml
}

fn failed(suite: &Suite) -> usize {
    suite.tests.iter().filter(|test| !test.failures.is_empty()).count()
}

fn element(xml: &mut String, kind: &str, failure: &Failure) {
    let message = escaped(&failure.message);
    let text = escaped_lines(failure.drawn.trim_end());
    let _ = writeln!(xml, "      <{kind} message=\"{message}\" type=\"test-failed\">{text}</{kind}>");
}

/// Escapes an attribute; line ends and tabs stay what they are, signs that XML 1.0 does not know are replaced.
fn escaped(text: &str) -> String {
    escaped_lines(text).replace('\n', "&#10;").replace('\t', "&#9;")
}

fn escaped_lines(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\n' | '\t' => out.push(c),
            '\r' => out.push_str("&#13;"),
            '\u{0}'..='\u{1F}' | '\u{FFFE}' | '\u{FFFF}' => out.push('\u{FFFD}'),
            c => out.push(c),
        }
    }
    out
}
