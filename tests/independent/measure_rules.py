"""Measures the rules against labelled questions from published questionnaires.

    CANVASS_LABELLED=FOLDER python3 measure_rules.py CANVASS [dev|held] [--misses]
    python3 measure_rules.py CANVASS whole COLLECTION.en.jsonl …

FOLDER holds dev/en.jsonl, dev/zh.jsonl, held/en.jsonl and held/zh.jsonl: one question per line with `questionnaire`,
`text`, `kind`, `options`, `required` and, where the questionnaire has them, `section` and `filtered` (asked under a
condition). The texts belong to their makers and are not part of this repository; labels/en.csv and labels/zh.csv hold the labels by SHA-256.

Every questionnaire becomes one spec with its questions in their order, is checked, and each finding is counted for the
question on whose lines it stands. A label `?` (doubtful) counts neither way.
"""

import collections
import csv
import hashlib
import json
import math
import os
import pathlib
import re
import subprocess
import sys
import tempfile

HERE = pathlib.Path(__file__).parent
# check of the labels -> codes of the findings
RULES = {
    "leading": {"leading"},
    "loaded": {"loaded-words"},
    "double-barrelled": {"double-barrelled"},
    "negation": {"negation", "double-negation"},
    "vague-frequency": {"vague-frequency"},
    "missing-reference-period": {"missing-reference-period"},
    "absolute": {"absolute"},
    "presupposition": {"presupposition"},
    "hypothetical": {"hypothetical"},
    "agree-disagree": {"agree-disagree"},
    "jargon": {"jargon"},
    "long-stem": {"long-stem"},
    "recall-burden": {"recall-burden"},
    "sensitive-without-exit": {"sensitive-without-exit"},
    "unbalanced-scale": {"unbalanced-scale"},
    "overlapping-options": {"options-overlap"},
    "gap-in-options": {"options-gap"},
    "no-other-or-none": {"missing-none"},
    "typography": {"stray-blank", "half-width-punctuation"},
    "pronouns-mixed": {"mixed-register"},
}


def question_id(question):
    """The name of a question in the table of labels."""
    return hashlib.sha256((question["questionnaire"] + "\n" + question["text"]).encode()).hexdigest()[:16]


def quoted(text):
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


OTHER = re.compile(r"^(other|others|something else|another reason|其他|其它)(?![a-z])", re.I)
NOBODY = re.compile(r"^(none($| of| /)|以上均|nothing$)", re.I)
APART = re.compile(r"^(i have not|don't know what|n/a)", re.I)


WRITTEN = {"text": "text long", "words": "text", "date": "date", "number": "number", "nps": "nps", "choices": "choices"}


class Spec:
    """A spec under construction; knows on which lines each question stands."""

    def __init__(self, lang):
        self.lines, self.owner, self.scales, self.names = [], {}, {}, []
        self.add("campaign measured {")
        for line in ('title "Measured"', f"languages {lang}", 'timezone "Asia/Shanghai"'):
            self.add("  " + line)
        self.add('  owner "cx@example.com"')
        self.add("  rhythm once")
        self.add("}")

    def add(self, line, *owners):
        self.lines.append(line)
        if owners:
            self.owner.setdefault(len(self.lines), set()).update(owners)

    def scale(self, points):
        return self.scales.setdefault(tuple(points), f"s{len(self.scales) + 1}")

    def battery(self, first):
        """The questions from `first` on that share its scale: one finding speaks for the whole row of statements."""
        last = first
        while last + 1 < len(self.names) and self.names[last + 1] == self.names[first]:
            last += 1
        return set(range(first, last + 1))

    def text(self):
        return "\n".join(self.lines) + "\n"


def points_of(options):
    """Codes with labels; the codes between two named ends are filled in."""
    known = [(int(o["code"]), o["label"]) for o in options if not APART.match(o["label"])]
    labels = dict(known)
    if len(known) == 2 and abs(known[1][0] - known[0][0]) > 1:
        return [(code, labels.get(code, "")) for code in range(known[0][0], known[1][0] + 1)]
    return known


def options_of(options):
    written = []
    for number, option in enumerate(options, 1):
        label = option["label"]
        name, tail = f"o{number}", ""
        if NOBODY.match(label):
            name = "none"
        elif OTHER.match(label):
            name, tail = "other", " specify"
        if any(w.startswith(name + " ") for w in written):
            name, tail = f"o{number}", ""
        written.append(f"{name} {quoted(label)}{tail}")
    return ", ".join(written)


def spec_of(questions, lang):
    """One questionnaire as a spec."""
    spec = Spec(lang)
    written = []
    for index, q in enumerate(questions):
        kind, options = q["kind"], q["options"]
        if kind in ("scale", "grid-row"):
            points = points_of(options)
            if any(label for _, label in points):
                name = spec.scale(points)
            else:
                kind, name = "slider", f"slider {points[0][0]}..{points[-1][0]}"
        written.append((q, kind, options, name if kind in ("scale", "grid-row", "slider") else None))
    spec.names = [name for _, _, _, name in written]
    users = collections.defaultdict(list)
    for index, (_, kind, _, name) in enumerate(written):
        if kind in ("scale", "grid-row"):
            users[name].append(index)
    for points, name in spec.scales.items():
        spec.add(f"scale {name} {{", *users[name])
        for code, label in points:
            spec.add(f"  {code} {quoted(label)}" if label else f"  {code}", *users[name])
        spec.add("}", *users[name])
    part = questions[0].get("section", "all")
    spec.add(f"section part0 {quoted(part)} {{")
    if any(q.get("filtered") for q in questions):
        spec.add("  question applies : yes_no {")
        spec.add("    text " + quoted("Does this apply to you?" if lang == "en" else "以下情况是否适用于您？"))
        spec.add("  }")
    for index, (q, kind, options, name) in enumerate(written):
        if q.get("section", part) != part:
            part = q["section"]
            spec.add("}")
            spec.add(f"section part{index} {quoted(part)} {{")
        typed = name or WRITTEN.get(kind, "yes_no" if kind == "yes_no" and len(options) == 2 else "choice")
        mark = " required" if q["required"] == "yes" else ""
        spec.add(f"  question q{index} : {typed}{mark} {{", index)
        spec.add("    text " + quoted(q["text"]), index)
        if typed in ("choice", "choices"):
            spec.add("    options " + options_of(options), index)
        apart = [o["label"] for o in options if APART.match(o["label"])]
        if kind in ("scale", "grid-row") and apart:
            spec.add("    not applicable " + quoted(apart[0]), index)
        if q.get("filtered"):
            spec.add("    when applies", index)
        spec.add("  }", index)
    spec.add("}")
    return spec


def alike(label, finding):
    """Whether a further place has the same fault: a rule that speaks once for a spec names all its places."""
    words = lambda message: re.sub(r"`[^`]*`|“[^”]*”|\d+", "#", message).split()[:4]
    return words(label["message"]) == words(finding["message"])


def findings_of(canvass, spec, folder):
    """The findings of one spec, as (code, questions it concerns)."""
    path = pathlib.Path(folder) / "measured.survey"
    path.write_text(spec.text(), encoding="utf-8")
    run = subprocess.run([canvass, "check", "--format", "json", str(path)], capture_output=True, text=True, cwd=folder)
    found = []
    for finding in json.loads(run.stdout or "[]"):
        owners = set()
        for place in [finding, *(label for label in finding["labels"] if alike(label, finding))]:
            here = set()
            for line in range(place["line"], place["end_line"] + 1):
                here |= spec.owner.get(line, set())
            if finding["code"] == "agree-disagree" and len(here) == 1:
                here |= spec.battery(next(iter(here)))
            owners |= here
        found.append((finding["code"], finding["severity"], owners, finding))
    return found


def wilson(hits, n):
    """95 % interval of a share (Wilson 1927)."""
    if not n:
        return None
    z = 1.959963984540054
    share = hits / n
    middle = (share + z * z / (2 * n)) / (1 + z * z / n)
    half = z * math.sqrt(share * (1 - share) / n + z * z / (4 * n * n)) / (1 + z * z / n)
    return middle - half, middle + half


def load(folder, half, lang):
    groups = collections.OrderedDict()
    for line in open(pathlib.Path(folder) / half / f"{lang}.jsonl", encoding="utf-8"):
        q = json.loads(line)
        groups.setdefault(q["questionnaire"], []).append(q)
    return groups


def labels_of(lang):
    with open(HERE / "labels" / f"{lang}.csv", encoding="utf-8", newline="") as table:
        return {row["id"]: row for row in csv.DictReader(table)}


def measure(canvass, folder, half, lang):
    """Per check: [questions, flagged, true, false, doubtful, missed], and the cases behind them."""
    labels, groups = labels_of(lang), load(folder, half, lang)
    counts, cases, other = {c: collections.Counter() for c in RULES}, [], collections.Counter()
    checks = [c for c in RULES if c in next(iter(labels.values()))]
    with tempfile.TemporaryDirectory() as scratch:
        # Rules that ship switched off are measured too.
        pathlib.Path(scratch, "canvass.yaml").write_text(
            "rules:\n  double-barrelled: { on: true }\n  unbalanced-scale: { on: true }\n", encoding="utf-8")
        for questions in groups.values():
            spec = spec_of(questions, lang)
            flags = collections.defaultdict(dict)
            for code, severity, owners, finding in findings_of(canvass, spec, scratch):
                hit = [c for c in checks if code in RULES[c]]
                if not hit:
                    other[(code, severity)] += 1
                for check in hit:
                    for index in owners:
                        flags[index][check] = (code, finding["message"])
            for index, q in enumerate(questions):
                row = labels[question_id(q)]
                for check in checks:
                    count, flag, label = counts[check], flags[index].get(check), row[check]
                    count["questions"] += 1
                    count["flagged"] += flag is not None
                    if label == "?":
                        count["doubtful"] += flag is not None
                        continue
                    count["present"] += label == "1"
                    if flag and label == "1":
                        count["true"] += 1
                    elif flag:
                        count["false"] += 1
                        cases.append((check, "false", q, flag))
                    elif label == "1":
                        cases.append((check, "missed", q, None))
    return counts, cases, other


def whole(canvass, paths):
    """Findings per 100 questions of whole questionnaires, every question in its order."""
    print("| collection | questionnaires | questions | warnings | per 100 | errors | most frequent |")
    print("|---|---|---|---|---|---|---|")
    by_rule = collections.Counter()
    for path in map(pathlib.Path, paths):
        groups, count, errors, asked = collections.OrderedDict(), collections.Counter(), collections.Counter(), 0
        for line in open(path, encoding="utf-8"):
            q = json.loads(line)
            groups.setdefault(q["questionnaire"], []).append(q)
        with tempfile.TemporaryDirectory() as scratch:
            for questions in groups.values():
                asked += len(questions)
                for code, severity, owners, _ in findings_of(canvass, spec_of(questions, path.suffixes[0][1:]), scratch):
                    (errors if severity == "error" else count)[code] += 1
        by_rule.update(count + errors)
        total = sum(count.values())
        often = ", ".join(f"{code} {n}" for code, n in count.most_common(6))
        wrong = ", ".join(f"{code} {n}" for code, n in errors.most_common()) or "0"
        print(f"| {path.name} | {len(groups)} | {asked} | {total} | {100 * total / asked:.1f} | {wrong} | {often} |")
    print("\nBy rule: " + ", ".join(f"{code} {n}" for code, n in by_rule.most_common()))


def table(canvass, folder, half):
    """The published table, and the cases behind it."""
    print("| rule | en | zh | flagged | doubtful | precision | 95 % | faults | recall |")
    print("|---|---|---|---|---|---|---|---|---|")
    measured = {lang: measure(canvass, folder, half, lang) for lang in ("en", "zh")}
    for check, codes in RULES.items():
        parts = {lang: measured[lang][0][check] for lang in measured}
        c = sum(parts.values(), collections.Counter())
        sure = c["true"] + c["false"]
        span = wilson(c["true"], sure)
        precision = f"{c['true'] / sure:.2f}" if sure else "–"
        between = f"{span[0]:.2f}–{span[1]:.2f}" if span else "–"
        recall = f"{c['true'] / c['present']:.2f}" if c["present"] else "–"
        row = [", ".join(sorted(codes))]
        row += [f"{p['true']} of {p['true'] + p['false']}" if p["questions"] else "" for p in parts.values()]
        row += [c["flagged"], c["doubtful"], precision, between, c["present"], recall]
        print("|", " | ".join(map(str, row)), "|")
    behind = [(lang, *case) for lang in measured for case in measured[lang][1]]
    return behind, {lang: dict(measured[lang][2]) for lang in measured}


def main():
    canvass = os.path.abspath(sys.argv[1])
    if sys.argv[2:3] == ["whole"]:
        return whole(canvass, sys.argv[3:])
    half = "dev" if "dev" in sys.argv[2:] else "held"
    behind, other = table(canvass, os.environ["CANVASS_LABELLED"], half)
    if "--misses" in sys.argv:
        print("\nother findings:", other)
        for lang, check, kind, q, flag in sorted(behind, key=lambda case: case[:3]):
            options = " / ".join(o["label"] or o["code"] for o in q["options"])
            required = ", required" if q["required"] == "yes" else ""
            print(f"{lang} {check} {kind} [{q['kind']}{required}] {q['text']} ({options}) {flag or ''}")


if __name__ == "__main__":
    main()
