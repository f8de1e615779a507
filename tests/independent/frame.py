"""The customer list of the quarterly spec: who is eligible, in which cell, and who arrives when.

Written from docs/draw.md and the spec alone; shares no code with Canvass.
"""
import csv
import hashlib
import math
from datetime import date, timedelta


def number(seed, key):
    """The permanent random number: 13 hexadecimal digits of SHA-256 over 2^52."""
    return int(hashlib.sha256(f"{seed}:{key}".encode()).hexdigest()[:13], 16) / 2 ** 52


def a_date(text):
    try:
        return date.fromisoformat(text.strip()) if len(text.strip()) == 10 else None
    except ValueError:
        return None


def a_number(text):
    try:
        return float(text)
    except ValueError:
        return None


def six_months_before(day):
    month, year = (day.month - 6, day.year) if day.month > 6 else (day.month + 6, day.year - 1)
    last = (date(year + month // 12, month % 12 + 1, 1) - timedelta(days=1)).day
    return date(year, month, min(day.day, last))


class Frame:
    """Cells of everybody: `cell[key]`, populations `size[cell]`, and the counts of who was left out."""

    def __init__(self, path, seed, opened, last, close):
        self.region, self.cell, self.drawable = {}, {}, {}
        rows, seen = [], set()
        self.rows = self.bad_rows = self.excluded = 0
        with open(path, encoding="utf-8-sig", newline="") as file:
            reader = csv.reader(file)
            head = next(reader)
            for cells in reader:
                self.rows += 1
                row = dict(zip(head, cells))
                if len(cells) != len(head) or not row["customer_id"] or row["customer_id"] in seen:
                    self.bad_rows += 1
                    continue
                seen.add(row["customer_id"])
                rows.append(row)
        for row in rows:
            row["u"] = number(seed, row["customer_id"])
            self.region[row["customer_id"]] = row["region"]
        kept = [r for r in rows if r["opted_out"].strip().lower() not in ("yes", "true", "1", "是")]
        self.excluded = len(rows) - len(kept)
        best = {}
        for row in kept:
            email = row["email"].strip().lower()
            rank = (row["u"], row["customer_id"])
            if "@" in email and (email not in best or rank < best[email]):
                best[email] = rank
        eligible = []
        for row in kept:
            email = row["email"].strip().lower()
            if "@" not in email or best[email] == (row["u"], row["customer_id"]):
                eligible.append(row)
        self.once, self.eligible = len(kept) - len(eligible), len(eligible)
        self.strata(eligible, opened, last, close)

    def strata(self, eligible, opened, last, close):
        spend_cut = self.top(eligible, "spend", 0.20)
        visits_cut = self.top(eligible, "visits", 0.15)
        self.unmatched = 0
        for row in eligible:
            key, signed, seen = row["customer_id"], a_date(row["signed_up"]), a_date(row["last_seen"])
            spend, visits = a_number(row["spend"]), a_number(row["visits"])

            def fresh_on(day):
                return signed is not None and day - timedelta(days=30) <= signed <= day

            active = seen is not None and six_months_before(opened) <= seen <= opened
            if (spend is not None and spend >= spend_cut) or (visits is not None and visits >= visits_cut):
                self.cell[key] = "key_accounts"
            elif fresh_on(opened):
                self.cell[key] = "fresh"
            elif active:
                heavy = visits is not None and visits >= 15
                mid = visits is not None and visits >= 5
                self.cell[key] = "active." + ("heavy" if heavy else "mid" if mid else "light")
            else:
                days = [opened + timedelta(days=n) for n in range((close - opened).days + 1)]
                comes = next((day for day in days if fresh_on(day)), None)
                self.unmatched += comes is None
                if comes is not None and comes <= last:
                    self.cell[key] = "fresh"
        self.u = {r["customer_id"]: r["u"] for r in eligible}
        self.size = {}
        for cell in self.cell.values():
            self.size[cell] = self.size.get(cell, 0) + 1

    @staticmethod
    def top(rows, column, share):
        values = sorted((v for v in (a_number(r[column]) for r in rows) if v is not None), reverse=True)
        return values[math.ceil(share * len(values) - 1e-9) - 1]
