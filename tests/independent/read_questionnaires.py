"""Reads public questionnaires into the lines that measure_rules.py takes.

    python3 read_questionnaires.py surveyman|xlsform FOLDER > whole.jsonl

SurveyMan's CSV files and XLSForm workbooks (.xlsx, .xls, .csv, .md); questions with a text that a person would read,
in their order. A file that is not a questionnaire of these formats is named on standard error and left out.
"""

import csv
import io
import json
import pathlib
import re
import sys

PLAIN = {"integer": "number", "int": "number", "decimal": "number", "range": "number", "text": "words", "string": "words", "date": "date"}


def line(name, text, kind, options, required=False, filtered=False):
    numbered = [{"code": str(i), "label": label} for i, label in enumerate(options, 1)]
    must = "yes" if required else "no"
    return {"questionnaire": name, "text": text, "kind": kind, "options": numbered, "required": must, "filtered": filtered}


def clean(text):
    return re.sub(r"\s+", " ", re.sub(r"<[^>]*>", "", str(text if text is not None else ""))).strip()


def surveyman(path):
    raw = path.read_bytes().decode("utf-8", "replace").replace("\r\n", "\n").replace("\r", "\n")
    rows = list(csv.reader(io.StringIO(raw), delimiter="\t" if "\t" in raw.split("\n")[0] else ","))
    head = [clean(h).strip('"').lower() for h in rows[0]]
    if "question" not in head or "options" not in head:
        raise ValueError("no question or options column")
    at = {name: i for i, name in enumerate(head)}
    cell = lambda row, name: clean(row[at[name]]).strip('"').strip() if name in at and at[name] < len(row) else ""
    found = []
    for row in rows[1:]:
        text, option = cell(row, "question"), cell(row, "options")
        if text:
            found.append((text, [], row))
        if option and found:
            found[-1][1].append(option)
    lines = []
    for text, options, row in found:
        yes = lambda name: cell(row, name).lower() in ("true", "yes")
        no = lambda name: cell(row, name).lower() in ("false", "no")
        options = list(dict.fromkeys(options))
        if yes("freetext") or not options:
            kind, options = "text", []
        elif no("exclusive"):
            kind = "choices"
        elif [o.lower() for o in options] == ["yes", "no"]:
            kind = "yes_no"
        elif yes("ordered") and 3 <= len(options) <= 11 and not any(re.search(r"\d", o) for o in options):
            kind = "scale"
        else:
            kind = "choice"
        if len(options) == 1:
            continue
        lines.append(line(path.name, text, kind, options))
    return lines


def until_empty(rows):
    """The rows up to fifty empty ones: some workbooks declare a million rows."""
    found, empty = [], 0
    for row in rows:
        row = [clean(c) for c in row[:100]]
        empty = 0 if any(row) else empty + 1
        if empty > 50:
            break
        found.append(row)
    return found


def sheets(path):
    """The rows of the sheets, by lower-case name."""
    if path.suffix == ".xlsx":
        import openpyxl
        book = openpyxl.load_workbook(path, data_only=True, read_only=True)
        return {s.title.lower(): until_empty(s.iter_rows(values_only=True)) for s in book.worksheets}
    if path.suffix == ".xls":
        import xlrd
        book = xlrd.open_workbook(path)
        return {s.name.lower(): [[clean(c) for c in s.row_values(r)] for r in range(s.nrows)] for s in book.sheets()}
    found, name = {}, None
    text = io.StringIO(path.read_text("utf-8", "replace"))
    for row in csv.reader(text, delimiter="|" if path.suffix == ".md" else ","):
        row = [clean(c) for c in (row[1:] if path.suffix == ".md" else row)]
        if row and row[0]:
            name = row[0].lower()
            found[name] = []
        if name is not None and any(row[1:]):
            found[name].append(row[1:])
    return found


def table(rows):
    rows = [r for r in rows if any(r)]
    head = [h.lower() for h in rows[0]] if rows else []
    return [dict(zip(head, r)) for r in rows[1:]]


def label(row):
    names = [n for n in row if n.startswith("label")]
    names.sort(key=lambda n: (not re.search(r"english|\ben\b", n), n != "label"))
    return next((row[n] for n in names if row[n]), "")


def xlsform(path):
    found = sheets(path)
    if "survey" not in found:
        raise ValueError("no sheet `survey`")
    lists = {}
    for row in table(found.get("choices", []) or found.get("choices and columns", [])):
        of = row.get("list_name") or row.get("list name") or ""
        lists.setdefault(of, []).append(label(row) or row.get("name", ""))
    lines = []
    for row in table(found["survey"]):
        words, text = row.get("type", "").lower().split(), label(row)
        if not words or not text:
            continue
        required = row.get("required", "").lower() in ("yes", "true", "true()")
        filtered = bool(row.get("relevant"))
        if words[0] in PLAIN:
            lines.append(line(path.name, text, PLAIN[words[0]], [], required, filtered))
        many = re.match(r"select[_ ](multiple|all that apply)", " ".join(words))
        one = re.match(r"select[_ ]one", " ".join(words))
        if many or one:
            name = row.get("type", "").split()
            options = list(dict.fromkeys(o for n in name for o in lists.get(n, []) if o))
            if len(options) < 2:
                continue
            kind = "choices" if many else "yes_no" if [o.lower() for o in options] == ["yes", "no"] else "choice"
            lines.append(line(path.name, text, kind, options, required, filtered))
    return lines


def main():
    reader = {"surveyman": surveyman, "xlsform": xlsform}[sys.argv[1]]
    for path in sorted(pathlib.Path(sys.argv[2]).rglob("*")):
        if path.suffix not in (".csv", ".xls", ".xlsx", ".md") or path.name == "README.md":
            continue
        try:
            for found in reader(path):
                print(json.dumps(found, ensure_ascii=False))
        except Exception as error:  # a broken workbook is part of these collections
            print(f"{path.name}: {error}", file=sys.stderr)


if __name__ == "__main__":
    main()
