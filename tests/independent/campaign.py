"""The quarterly spec in Python: what every number of its report must be."""
from datetime import date, datetime, timedelta, timezone

import compare
from estimate import Design, Person, join, suppress
from findings import FAIR, outstanding, peaks

OPEN, CLOSE = date(2026, 1, 5), date(2026, 1, 31)
ZONE = timezone(timedelta(hours=8))
HIDE = 10
CELLS = ["key_accounts", "fresh", "active.heavy", "active.mid", "active.light"]
STRATA = ["key_accounts", "fresh", "active"]
REGIONS = ["east", "west", "north", "south"]
FIVE, ELEVEN = [1, 2, 3, 4, 5], list(range(11))
SERVICE = ["first_response", "resolution_time", "attitude", "expertise"]
DIMENSIONS = [
    ("product_score", 0.30, ["core_function", "extra_function", "ease_of_use"], 2),
    ("speed_score", 0.20, ["first_response", "resolution_time"], 1),
    ("support_score", 0.15, ["attitude", "expertise"], 1),
    ("overall_score", 0.15, ["overall"], 1),
    ("price_score", 0.10, ["price"], 1),
    ("brand_score", 0.10, ["promise"], 1),
]
MEASURES = [d[0] for d in DIMENSIONS] + ["csi", "satisfied", "promoters", "resolution"]
BOUNDS = {m: (0, 100) for m in MEASURES} | {"promoters": (-100, 100)}
SHARES = {"satisfied", "resolution"}
TARGETS = [("csi", None, 75), ("csi", "key_accounts", 72), ("speed_score", None, 68)]
ITEMS = [
    ("overall", FIVE), ("recommend", ELEVEN), ("core_function", FIVE), ("extra_function", FIVE),
    ("ease_of_use", FIVE), ("reached", ["phone", "online", "shop", "home", "none", "other"]),
    ("first_response", FIVE), ("resolution_time", FIVE), ("attitude", FIVE), ("expertise", FIVE),
    ("resolved", ["yes", "no"]), ("price", FIVE), ("promise", FIVE), ("why", None), ("praise", None),
    ("callback", ["yes", "no"]),
]


def moment(text):
    return datetime.fromisoformat(text.replace("Z", "+00:00"))


def said(response, item):
    """The answer as a plain value; None when there is none, "n/a" for not applicable."""
    answer = response["answers"].get(item)
    if answer is None or answer == "not_applicable":
        return "n/a" if answer else None
    kind, value = next(iter(answer.items()))
    if kind == "option":
        return value["name"]
    return ("yes" if value else "no") if kind == "yes_no" else value


def code(response, item):
    value = said(response, item)
    return value if isinstance(value, (int, float)) else None


def asked(response, item):
    overall, reached = code(response, "overall"), said(response, "reached")
    if item in SERVICE or item == "resolved":
        return reached is not None and reached != "none"
    limits = {"why": lambda x: x <= 3, "praise": lambda x: x >= 4, "callback": lambda x: x <= 2}
    return item not in limits or (overall is not None and limits[item](overall))


def dimension(response, items, at_least):
    values = [(code(response, i) - 1) / 4 * 100 for i in items if code(response, i) is not None]
    return sum(values) / len(values) if len(values) >= at_least else None


def scores(response):
    out = {name: dimension(response, items, least) for name, _, items, least in DIMENSIONS}
    known = [(weight, out[name]) for name, weight, _, _ in DIMENSIONS if out[name] is not None]
    weight = sum(w for w, _ in known)
    out["csi"] = sum(w * s for w, s in known) / weight if weight >= 0.5 - 1e-9 else None
    overall, recommend = code(response, "overall"), code(response, "recommend")
    resolved = said(response, "resolved")
    out["satisfied"] = None if overall is None else 100.0 * (overall >= 4)
    out["promoters"] = None if recommend is None else 100.0 * ((recommend >= 9) - (recommend <= 6))
    out["resolution"] = None if resolved is None else 100.0 * (resolved == "yes")
    return out


def too_fast(response):
    return (moment(response["completed_at"]) - moment(response["started_at"])).total_seconds() < 40


def straight(response):
    codes = [code(response, i) for i in SERVICE if code(response, i) is not None]
    return len(codes) >= 3 and len(set(codes)) == 1


class Campaign:
    """Puts list, draw and raw answers together."""

    def __init__(self, frame, raw):
        self.frame, self.raw = frame, raw
        self.names = raw["cells"]
        self.units = raw["units"]
        self.responses = sorted(raw["responses"], key=lambda r: r["pseudonym"])
        self.key = {u["response"]: u["key"] for u in self.units if u["response"]}
        self.completed = [r for r in self.responses if r["state"] == "completed"]
        self.kept = [r for r in self.completed if not too_fast(r)]
        self.classes = {cell: self.classes_of(cell) for cell in CELLS}
        people = []
        for r in self.kept:
            key = self.key[r["pseudonym"]]
            cell, group = frame.cell[key], frame.region[key]
            groups, invited, answered = next(c for c in self.classes[cell] if group in c[0])
            share = invited / sum(c[1] for c in self.classes[cell])
            people.append(Person(cell, group, frame.size[cell] * share / answered, r))
        self.design = Design({c: (frame.size[c], self.classes[c]) for c in CELLS}, people)
        self.scores = [scores(p.response) for p in people]

    def classes_of(self, cell):
        groups = {}
        for u in self.units:
            if u["released"] and self.names[u["cell"]] == cell:
                groups.setdefault(self.frame.region[u["key"]], [0, 0])[0] += 1
        for r in self.kept:
            key = self.key[r["pseudonym"]]
            if self.frame.cell[key] == cell:
                groups.setdefault(self.frame.region[key], [0, 0])[1] += 1
        return join(groups)

    def counts(self, cells):
        units = [u for u in self.units if self.names[u["cell"]] in cells]
        mine = [r for r in self.responses if self.names[r["cell"]] in cells]
        state = lambda s: sum(r["state"] == s for r in mine)
        invited = sum(u["released"] for u in units)
        return {
            "drawn": len(units), "invited": invited, "started": len(mine), "partial": state("started"),
            "withdrawn": state("withdrawn"), "screened": state("screened"), "completed": state("completed"),
            "kept": sum(p.cell in cells for p in self.design.people),
            "rate": state("completed") / invited if invited else None,
        }

    def estimate(self, measure, members):
        return self.design.mean({i: self.scores[i][measure] for i in members if self.scores[i][measure] is not None})

    def group(self, members, hide, population=None):
        def one(measure):
            if hide:
                return {**self.design.printed(None), "n": None}
            return self.design.printed(self.estimate(measure, members), BOUNDS[measure], measure in SHARES, HIDE,
                                       members)
        return {"n": None if hide else len(members), "population": population, "hidden": hide,
                "estimates": [one(m) for m in MEASURES]}

    def table(self, groups):
        """Groups as (members, population); small ones and what gives them away are hidden."""
        hidden = suppress([[len(m) or None] for m, _ in groups], HIDE)
        out = [self.group(m, h[0], n) for (m, n), h in zip(groups, hidden)]
        sizes = [[len((self.estimate(x, m) or (0, {}))[1]) or None for x in MEASURES] for m, _ in groups]
        for group, row in zip(out, suppress(sizes, HIDE)):
            for k, hide in enumerate(row):
                if hide:
                    group["estimates"][k] = {**self.design.printed(None), "n": None}
        return out

    def members(self, test):
        return [i for i, p in enumerate(self.design.people) if test(p)]

    def strata(self):
        cells = lambda s: [c for c in CELLS if c.split(".")[0] == s]
        size = lambda s: sum(self.frame.size[c] for c in cells(s))
        return self.table([(self.members(lambda p, s=s: p.cell in cells(s)), size(s)) for s in STRATA])

    def parts(self, strata):
        groups = [(self.members(lambda p, c=c: p.cell == c), self.frame.size[c]) for c in CELLS[2:]]
        if strata[2]["hidden"]:
            return [self.group(m, True, n) for m, n in groups]
        return self.table(groups)

    def segments(self):
        region = [(self.members(lambda p, r=r: p.group == r), None) for r in REGIONS]
        channels = sorted({p.response["channel"] for p in self.design.people})
        channel = [(self.members(lambda p, c=c: p.response["channel"] == c), None) for c in channels]
        return [{"groups": self.table(region)}, {"groups": self.table(channel)}]

    def comparisons(self, overall, strata, segments):
        """Every group against all others, and the distribution of every item over the groups that are shown."""
        stratum = lambda p: p.cell.split(".")[0]
        channels = sorted({p.response["channel"] for p in self.design.people})
        variables = [(lambda p: p.group, REGIONS, segments[0]["groups"]), (stratum, STRATA, strata),
                     (lambda p: p.response["channel"], channels, segments[1]["groups"])]
        return [self.comparison(of, values, shown, overall) for of, values, shown in variables]

    def comparison(self, of, values, shown, overall):
        groups = []
        for value, group in zip(values, shown):
            own = self.members(lambda p, v=value: of(p) == v)
            rest = self.members(lambda p, v=value: of(p) != v)
            contrasts = []
            for k, measure in enumerate(MEASURES):
                a, b = self.estimate(measure, own), self.estimate(measure, rest)
                hidden = group["hidden"] or group["estimates"][k]["n"] is None or overall["estimates"][k]["n"] is None
                if hidden or a is None or b is None or len(b[1]) < HIDE:
                    contrasts.append(compare.untested())
                else:
                    contrasts.append(compare.contrast(self.design, a, b))
            groups.append({"contrasts": contrasts})
        family = compare.settle([c for g in groups for c in g["contrasts"]])
        visible = {v for v, g in zip(values, shown) if not g["hidden"]}
        tables = []
        for name, codes in ITEMS:
            if codes is None:
                continue
            answers = {i: (of(p), said(p.response, name)) for i, p in enumerate(self.design.people)}
            given = {i: a for i, a in answers.items() if a[0] in visible and a[1] not in (None, "n/a")}
            tables.append(compare.table(self.design, given, HIDE))
        return {"groups": groups, "family": family, "tables": tables, "table_family": compare.settle_tables(tables)}

    def judged(self, measure, stratum):
        members = self.members(lambda p: stratum is None or p.cell.split(".")[0] == stratum)
        estimate = self.estimate(measure, members)
        if estimate is None or len(members) < HIDE:
            return None, None, None, None, lambda figure, is_open: {"size": None, "magnitude": None, "smallest": None}
        error, df, ends = self.design.judged(estimate, BOUNDS[measure], measure in SHARES, False, members)
        distance = lambda figure, is_open: compare.distance(self.design, estimate, figure, error, df, is_open)
        return estimate[0], error, *(ends or (None, None)), distance

    def target(self, measure, stratum, goal):
        value, error, low, high, distance = self.judged(measure, stratum)
        verdict = "hidden" if value is None else "not_decided"
        if low is not None:
            verdict = "met" if low >= goal else "not_met" if high < goal else "not_decided"
        return {"goal": goal, "value": value, "standard_error": error, "low": low, "high": high, "verdict": verdict,
                **distance(goal, verdict == "not_decided" and low is not None)}

    def benchmark(self):
        value, error, low, high, distance = self.judged("csi", None)
        is_open = low is not None and low <= 71.5 <= high
        less = lambda x: None if x is None else x - 71.5
        return {"figure": 71.5, "difference": less(value), "standard_error": error, "low": less(low), "high": less(high),
                **distance(71.5, is_open)}

    def item(self, name, codes):
        people = self.design.people
        answers = {i: said(p.response, name) for i, p in enumerate(people)}
        known = {i: a for i, a in answers.items() if a not in (None, "n/a")}
        there = [i for i, a in answers.items() if a is not None or asked(people[i].response, name)]
        open_ones = [people[i].response for i, a in answers.items() if a is None]
        out = {
            "n": len(known), "not_applicable": sum(a == "n/a" for a in answers.values()),
            "not_answered": sum(asked(r, name) for r in open_ones),
            "not_asked": sum(not asked(r, name) for r in open_ones),
            "shares": [], "mean": None, "top2": None, "nps": None, "hidden": 0 < len(known) < HIDE,
        }
        if out["hidden"]:
            return {**out, "n": None, "not_applicable": None, "not_answered": None, "not_asked": None}
        if not known or codes is None:
            return out
        printed = lambda f, bounds, share=False: self.design.printed(
            self.design.mean({i: f(a) for i, a in known.items()}), bounds, share, 0, there)
        for c in codes:
            share = printed(lambda a, c=c: float(a == c), (0, 1), True)
            out["shares"].append({"count": sum(a == c for a in known.values()), "share": share})
        if codes in (FIVE, ELEVEN):
            out["mean"] = printed(float, (codes[0], codes[-1]))
            out["top2"] = printed(lambda a: float(a >= codes[-2]), (0, 1), True)
        if codes == ELEVEN:
            out["nps"] = printed(lambda a: 100.0 * ((a >= 9) - (a <= 6)), (-100, 100))
        return out

    def weights(self):
        w = [p.weight for p in self.design.people]
        classes = []
        for cell in CELLS:
            everybody = sum(c[1] for c in self.classes[cell])
            for _, invited, answered in self.classes[cell]:
                weight = self.frame.size[cell] * invited / everybody / answered if answered else None
                classes.append({"invited": invited, "kept": answered, "weight": weight})
        effective = sum(w) ** 2 / sum(x * x for x in w)
        return {"sum": sum(w), "smallest": min(w), "largest": max(w), "n_effective": effective,
                "design_effect": len(w) / effective, "classes": classes}

    def cautions(self):
        out = []
        for cell in CELLS:
            answered = sum(c[2] for c in self.classes[cell])
            if answered == 0:
                out.append({"population": self.frame.size[cell]})
        return out

    def days(self):
        day = lambda text: moment(text).astimezone(ZONE).date()
        counts = {}
        for r in self.responses:
            counts.setdefault(day(r["started_at"]), [0, 0])[0] += 1
            if r["completed_at"]:
                counts.setdefault(day(r["completed_at"]), [0, 0])[1] += 1
        if not counts:
            return []
        first, last = min(counts), max(counts)
        days = [first + timedelta(days=n) for n in range((last - first).days + 1)]
        return [dict(zip(("started", "completed"), counts.get(d, (0, 0)))) for d in days]

    def point(self, measure, members, group, k):
        """A group as it is compared; nothing for one that is hidden or small."""
        shown = group["estimates"][k]
        if group["hidden"] or shown["value"] is None or shown["n"] < max(HIDE, FAIR):
            return None
        value, z = self.estimate(measure, members)
        error, df, _ = self.design.judged((value, z), BOUNDS[measure], measure in SHARES, False)
        return (len(z), value, error ** 2, df) if error and df else None

    def compared(self, groups, measures):
        table = self.table([(members, None) for members in groups])
        return [[self.point(m, members, group, MEASURES.index(m)) for members, group in zip(groups, table)]
                for m in measures]

    def findings(self):
        people = self.design.people
        cells = lambda s: [c for c in CELLS if c.split(".")[0] == s]
        at = [moment(p.response["completed_at"]).astimezone(ZONE) for p in people]
        channels = sorted({p.response["channel"] for p in people})
        by = lambda values, of: [[i for i in range(len(people)) if of(i) == v] for v in values]
        named = [
            [self.members(lambda p, s=s: p.cell in cells(s)) for s in STRATA],
            by(REGIONS, lambda i: people[i].group),
            by(channels, lambda i: people[i].response["channel"]),
        ]
        times = [by(range(24), lambda i: at[i].hour), by(range(7), lambda i: at[i].weekday())]
        tables = [(self.compared(groups, MEASURES), False) for groups in named]
        tables += [(self.compared(groups, ["csi"]), True) for groups in times]
        hours, days = [[0, 0] for _ in range(24)], [[0, 0] for _ in range(7)]
        for r in self.completed:
            when, unhappy = moment(r["completed_at"]).astimezone(ZONE), (code(r, "overall") or 9) <= 2
            for place in (hours[when.hour], days[when.weekday()]):
                place[0] += 1
                place[1] += unhappy
        (n_hours, by_hour), (n_days, by_day) = peaks(hours, HIDE, True), peaks(days, HIDE, False)
        cases = sum(c for _, c in hours)
        return {
            "outstanding": outstanding(tables, HIDE),
            "times": None if cases < HIDE else {"answers": len(self.completed), "cases": cases,
                                                "looked": n_hours + n_days, "peaks": by_hour + by_day},
        }

    def report(self, seed):
        """Everything that `report.json` may say in numbers."""
        frame, total, strata = self.frame, self.counts(CELLS), self.strata()
        unhappy = sum((code(r, "overall") or 9) <= 2 for r in self.completed)
        flagged = sum(straight(r) for r in self.kept)
        base = {c: frame.size[c] / self.counts([c])["invited"] for c in CELLS if self.counts([c])["invited"]}
        weighted = lambda what: sum(base[c] * self.counts([c])[what] for c in base)
        accepted = sum(n for step, _, state, n in self.raw["messages"]
                       if step == "invite" and state in ("accepted", "listed"))
        everybody = self.members(lambda p: True)
        population = sum(frame.size[c] for c in CELLS)
        overall, segments = self.group(everybody, 0 < len(everybody) < HIDE, population), self.segments()
        return {
            "version": 1,
            "method": {
                "seed": seed, "keep_days": 400, "rows": frame.rows, "bad_rows": frame.bad_rows,
                "excluded": [{"count": frame.excluded}], "once": frame.once, "eligible": frame.eligible,
                "unmatched": frame.unmatched,
            },
            "messages": [{"count": n} for *_, n in self.raw["messages"]],
            "way": {"invited": total["invited"], "accepted": accepted, "started": total["started"],
                    "completed": total["completed"], "with_case": unhappy},
            "days": self.days(),
            "versions": [{"no": v["no"], "begun": sum(r["version"] == v["no"] for r in self.responses),
                          "completed": sum(r["last_version"] == v["no"] for r in self.completed)}
                         for v in self.raw["versions"]],
            "actions": [{"by": 3}, {"by": 2}],
            "findings": self.findings(),
            "scores": {
                "scale": [0, 100], "hide_below": HIDE,
                "cleaning": {"completed": len(self.completed), "dropped": len(self.completed) - len(self.kept),
                             "kept": len(self.kept), "flagged": flagged,
                             "rules": [{"count": len(self.completed) - len(self.kept)}, {"count": flagged}, {"count": 0}]},
                "response": [{"population": frame.size[c], "base_weight": base.get(c), **self.counts([c])} for c in CELLS],
                "response_total": {"population": population, **total, "self_selected": 0,
                                   "weighted_rate": weighted("completed") / weighted("invited")},
                "weights": self.weights(),
                "measures": [{"low": BOUNDS[m][0], "high": BOUNDS[m][1],
                              "weight": dict((d[0], d[1]) for d in DIMENSIONS).get(m)} for m in MEASURES],
                "overall": overall,
                "strata": strata, "parts": self.parts(strata), "segments": segments,
                "comparisons": self.comparisons(overall, strata, segments),
                "targets": [self.target(*t) for t in TARGETS], "benchmarks": [self.benchmark()],
                "items": [self.item(*i) for i in ITEMS],
                "cases": [{"count": unhappy, "due_hours": 24}], "with_case": unhappy,
                "cautions": self.cautions(),
            },
        }
