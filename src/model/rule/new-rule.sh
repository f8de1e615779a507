#!/bin/sh
# Makes the file and the page of a rule and lists it: sh src/model/rule/new-rule.sh long-stem
set -eu
cd "$(dirname "$0")/../../.."
name=$1
case $name in *[!a-z-]*|-*|*-|'') echo "a rule's name is words of a to z joined by hyphens" >&2; exit 1 ;; esac
file=$(printf %s "$name" | tr - _)
if [ -e "src/model/rule/$file.rs" ] || [ -e "docs/rules/$name.md" ]; then
    echo "rule $name exists already" >&2
    exit 1
fi
cat > "src/model/rule/$file.rs" <<END
//! \`$name\`: what is wrong, in half a line.

use crate::model::rule::{Findings, Rule, Spec};

/// The rule.
pub const RULE: Rule = Rule::new("$name", include_str!("../../../docs/rules/$name.md"), check);

fn check(spec: &Spec, found: &mut Findings) {
    for asked in &spec.asked {
        let _ = (asked, &mut *found);
    }
}
END
cat > "docs/rules/$name.md" <<END
# $name

## What it does

## Why is this bad?

## Example

\`\`\`survey
question visits : number 0..20 { text "How many times did you visit us in March 2026?" }   // warning
\`\`\`

\`\`\`survey zh
question visits : number 0..20 { text "2026 年 3 月，您一共来店几次？" }   // warning
\`\`\`

## What it does not flag

\`\`\`survey
question visits : number 0..20 { text "How many times did you visit us in March 2026?" }
\`\`\`

## Use instead

\`\`\`survey
question visits : number 0..20 { text "How many times did you visit us in March 2026?" }
\`\`\`

## When to switch it off

## References
END
list=src/model/rule/mod.rs
# Behind the other rules: those of the list of modules that are private, and the registry.
awk -v file="$file" '
    /^pub const ALL/ { print; print "    &" file "::RULE,"; next }
    /^pub mod wording;/ { print; getline; print; print "mod " file ";"; next }
    { print }' "$list" > "$list.new" && mv "$list.new" "$list"
echo "write docs/rules/$name.md first, then src/model/rule/$file.rs; cargo fmt puts the lines in order"
