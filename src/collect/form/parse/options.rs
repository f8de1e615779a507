//! Answers that choose among options.

use crate::collect::form::parse::{Problem, Read, SHORT, option, typed};
use crate::collect::form::posted::Posted;
use crate::model::checked::Choice;
use crate::store::types::Answer;

/// Reads one option, with own words where it asks for them.
pub(super) fn one(options: &[Choice], field: &str, posted: &Posted) -> Read {
    let name = posted.one(field);
    if name.is_empty() {
        return Ok(None);
    }
    let chosen = option(options, name)?;
    let other = own_words(chosen.specify, field, posted)?;
    Ok(Some(Answer::Option { name: chosen.name.clone(), other }))
}

/// Reads any number of options, in the order of the spec.
pub(super) fn many(options: &[Choice], field: &str, posted: &Posted) -> Read {
    let posted_names = posted.all(field);
    for name in posted_names {
        option(options, name)?;
    }
    let chosen: Vec<&Choice> = options.iter().filter(|o| posted_names.contains(&o.name)).collect();
    if chosen.is_empty() {
        return Ok(None);
    }
    if chosen.len() > 1
        && let Some(alone) = chosen.iter().find(|o| o.exclusive)
    {
        return Err(Problem::Excludes(alone.name.clone()));
    }
    let other = own_words(chosen.iter().any(|o| o.specify), field, posted)?;
    Ok(Some(Answer::Options { names: chosen.iter().map(|o| o.name.clone()).collect(), other }))
}

/// Reads places 1, 2, 3 … of options; an optional ranking may stop early but may leave no gap.
pub(super) fn ranking(options: &[Choice], field: &str, posted: &Posted, whole: bool) -> Read {
    let mut places: Vec<Option<&Choice>> = vec![None; options.len()];
    for choice in options {
        let typed = posted.one(&format!("{field}.place.{}", choice.name));
        if typed.is_empty() {
            continue;
        }
        let place: usize = typed.parse().map_err(|_| Problem::UnknownOption)?;
        let slot = place.checked_sub(1).and_then(|p| places.get_mut(p)).ok_or(Problem::UnknownOption)?;
        if slot.replace(choice).is_some() {
            return Err(Problem::SamePlace(place));
        }
    }
    let ranked = places.iter().flatten().count();
    if ranked == 0 {
        return Ok(None);
    }
    if let Some(gap) = places.iter().take(ranked).position(Option::is_none) {
        return Err(Problem::MissingPlace(gap + 1));
    }
    if whole && ranked < options.len() {
        return Err(Problem::Unranked);
    }
    let specify = places.iter().flatten().any(|o| o.specify);
    let other = own_words(specify, field, posted)?;
    Ok(Some(Answer::Options { names: places.into_iter().flatten().map(|o| o.name.clone()).collect(), other }))
}

fn own_words(wanted: bool, field: &str, posted: &Posted) -> Result<Option<String>, Problem> {
    if !wanted {
        return Ok(None);
    }
    match typed::words(posted.one(&format!("{field}.other")), SHORT)? {
        Some(Answer::Text(words)) => Ok(Some(words)),
        _ => Ok(None),
    }
}
