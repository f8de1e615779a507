"""What stands out in the quarterly report, written from docs/statistics.md: tables, hours and weekdays, peaks of cases."""
import math

from estimate import incomplete_beta

FAIR = 30
LEVEL = 0.05


def t_two_sided(t, df):
    return incomplete_beta(df / 2, 0.5, df / (df + t * t))


def normal_two_sided(z):
    return math.erfc(abs(z) / math.sqrt(2))


def holm(p):
    order, most, out = sorted(range(len(p)), key=lambda i: (p[i], i)), 0.0, [0.0] * len(p)
    for rank, i in enumerate(order):
        most = max(most, (len(p) - rank) * p[i])
        out[i] = min(most, 1.0)
    return out


def benjamini_hochberg(p):
    order, least, out = sorted(range(len(p)), key=lambda i: (p[i], i)), math.inf, [0.0] * len(p)
    for rank in range(len(p), 0, -1):
        i = order[rank - 1]
        least = min(least, len(p) / rank * p[i])
        out[i] = min(least, 1.0)
    return out


def centre(groups, between):
    """Mean by precision, and its variance."""
    weights = [1 / (v + between) for _, v in groups]
    return sum(w * y for w, (y, _) in zip(weights, groups)) / sum(weights), 1 / sum(weights)


def between(groups):
    """Paule and Mandel's variance between groups of (value, variance)."""
    def excess(t):
        mean, _ = centre(groups, t)
        return sum((y - mean) ** 2 / (v + t) for y, v in groups) - (len(groups) - 1)
    if excess(0.0) <= 0:
        return 0.0
    low, high = 0.0, max(v for _, v in groups)
    while excess(high) > 0:
        high *= 2
    for _ in range(300):
        middle = (low + high) / 2
        low, high = (middle, high) if excess(middle) > 0 else (low, middle)
    return (low + high) / 2


def against_others(groups, k):
    """A group against the mean of the others: by sampling alone, and among groups that differ as these do."""
    others = groups[:k] + groups[k + 1:]
    spread = between(others)
    mean, variance = centre(others, spread)
    y, v = groups[k]
    return (y - mean) / math.sqrt(v + variance), (y - mean) / math.sqrt(v + spread + variance)


def looks(points, time):
    """Looks of one measure over a table: points are (n, value, variance, df) or None."""
    known = [p for p in points if p]
    if len(known) < 2:
        return []
    if len(known) == 2:
        low, high = sorted(known, key=lambda p: p[1]) if known[1][1] < known[0][1] else known
        z = (low[1] - high[1]) / math.sqrt(low[2] + high[2])
        return [{"time": time, "n": low[0], "value": low[1], "mean": high[1], "drawn": None, "unusual": False,
                 "raw": t_two_sided(z, min(low[3], high[3]))}]
    groups = [(p[1], p[2]) for p in known]
    spread = between(groups)
    mean, _ = centre(groups, spread)
    z = [against_others(groups, k) for k in range(len(groups))]
    unusual = holm([normal_two_sided(u) for _, u in z])
    out = []
    for (n, value, variance, df), (own, _), rare in zip(known, z, unusual):
        drawn = variance / (variance + spread)
        out.append({"time": time, "n": n, "value": value, "mean": mean, "unusual": rare <= LEVEL,
                    "drawn": drawn * mean + (1 - drawn) * value, "raw": t_two_sided(own, df)})
    return out


def outstanding(tables, hide):
    """Tables are (lists of points by measure, whether it is one of times)."""
    all_looks, counted = [], []
    for measures, time in tables:
        seen = set()
        for points in measures:
            found = looks(points, time)
            all_looks += found
            seen |= {g for g, p in enumerate(points) if p} if found else set()
        counted.append(len(seen))
    adjusted = benjamini_hochberg([x["raw"] for x in all_looks])
    found = [{**{k: v for k, v in x.items() if k != "raw"}, "difference": x["value"] - x["mean"], "p": p}
             for x, p in zip(all_looks, adjusted) if p <= LEVEL]
    return {"minimum": max(hide, FAIR), "groups": sum(counted), "looks": len(all_looks),
            "tables": [{"groups": n} for n in counted if n], "found": found}


def peaks(places, hide, hours):
    """Peaks among places of (answers, cases)."""
    exposed = [k for k, (n, _) in enumerate(places) if n >= hide]
    answers, cases = sum(places[k][0] for k in exposed), sum(places[k][1] for k in exposed)
    if len(exposed) < 2 or cases == 0:
        return 0, []
    expected = {k: cases * places[k][0] / answers for k in exposed}
    tail = [incomplete_beta(places[k][1], cases - places[k][1] + 1, places[k][0] / answers) if places[k][1] else 1.0
            for k in exposed]
    out = []
    for k, p in zip(exposed, holm(tail)):
        p = min(2 * p, 1.0)
        if p > LEVEL or places[k][1] <= expected[k]:
            continue
        if hours and out and out[-1]["to"] == k:
            last = out[-1]
            last.update(to=k + 1, answers=last["answers"] + places[k][0], cases=last["cases"] + places[k][1],
                        expected=last["expected"] + expected[k], p=min(last["p"], p))
        else:
            out.append({"from": k, "to": k + 1, "answers": places[k][0], "cases": places[k][1],
                        "expected": expected[k], "p": p})
    return len(exposed), out
