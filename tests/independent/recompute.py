#!/usr/bin/env python3
"""Recomputes every number of the quarterly report from the list, the drawn keys and the raw answers.

Uses nothing of Canvass but the files that it wrote: `canvass plan --draw` (keys), `canvass export`
(raw records) and `report.json`. Never reads a weight. Fails (exit 1) on a number that differs, on a
number that is missing, and on any number of the report that is not recomputed here.

    recompute.py --customers customers.csv --draw drawn.csv --raw raw.json --report report.json --seed 20260105
"""
import argparse
import csv
import json
import sys
from datetime import datetime

from campaign import CELLS, CLOSE, OPEN, Campaign
from frame import Frame

TOLERANCE = 1e-9
WORDS = ("verdict", "outcome", "magnitude", "adjustment")


def leaves(tree, path=""):
    """Yields every number, truth value and verdict of a tree with its path."""
    if isinstance(tree, dict):
        for key, value in tree.items():
            yield from leaves(value, f"{path}.{key}" if path else key)
    elif isinstance(tree, (list, tuple)):
        for i, value in enumerate(tree):
            yield from leaves(value, f"{path}[{i}]")
    elif isinstance(tree, (int, float)) or (isinstance(tree, str) and path.rsplit(".", 1)[-1] in WORDS):
        yield path, tree


def same(ours, theirs):
    if isinstance(ours, (bool, str)) or isinstance(theirs, (bool, str)):
        return ours == theirs
    return abs(ours - theirs) <= TOLERANCE * max(1.0, abs(ours), abs(theirs))


def check_draw(frame, draw, raw):
    """The drawn people are who the list and the seed say, and the campaign invited nobody else."""
    faults = []
    cells = {}
    for row in draw:
        cells.setdefault(row["cell"], []).append(row["key"])
        if frame.cell.get(row["key"]) != row["cell"]:
            faults.append(f"draw: {row['key']} is drawn in {row['cell']} but belongs to {frame.cell.get(row['key'])}")
        if abs(frame.u.get(row["key"], 2) - float(row["u"])) > 1e-15:
            faults.append(f"draw: {row['key']} has another random number")
    for cell, keys in cells.items():
        if keys != sorted(keys, key=lambda k: (frame.u[k], k)):
            faults.append(f"draw: {cell} does not stand in the order of the random numbers")
    for index, cell in enumerate(CELLS):
        units = [u["key"] for u in raw["units"] if u["cell"] == index]
        if cell == "fresh":
            strangers = [k for k in units if frame.cell.get(k) != cell or frame.u[k] >= 0.10]
            if strangers:
                faults.append(f"draw: {len(strangers)} people in `fresh` whom the list does not give: {strangers[:3]}")
        elif units != cells.get(cell, []):
            faults.append(f"draw: {cell} has {len(units)} people in the store and {len(cells.get(cell, []))} in the draw")
    return faults


def main():
    args = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    for name in ("customers", "draw", "raw", "report"):
        args.add_argument(f"--{name}", required=True)
    args.add_argument("--seed", type=int, required=True)
    args = args.parse_args()
    with open(args.raw, encoding="utf-8") as file:
        raw = json.load(file)
    with open(args.report, encoding="utf-8") as file:
        report = json.load(file)
    with open(args.draw, encoding="utf-8", newline="") as file:
        draw = list(csv.DictReader(file))
    last = min(CLOSE, datetime.fromisoformat(report["as_of"]).date())
    frame = Frame(args.customers, args.seed, OPEN, last, CLOSE)
    faults = check_draw(frame, draw, raw)
    ours = dict(leaves(Campaign(frame, raw).report(args.seed)))
    theirs = dict(leaves(report))
    free = ("running", "overdue", "quick_win", "drop", "at_least", "finite_correction")
    for path, value in theirs.items():
        if path not in ours:
            if not (isinstance(value, bool) and path.rsplit(".", 1)[-1] in free):
                faults.append(f"{path} = {value}: not recomputed")
        elif not same(ours[path], value):
            faults.append(f"{path} = {value}: recomputed as {ours[path]}")
    faults += [f"{path}: missing, recomputed as {value}" for path, value in ours.items() if path not in theirs]
    numbers = sum(not isinstance(v, (bool, str)) for v in theirs.values())
    for fault in faults[:50]:
        print(fault)
    print(f"{numbers} numbers of the report, {len(ours)} values recomputed, {len(faults)} faults")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
