"""Comparisons, written from docs/statistics.md: groups against all others, tables, and distances from figures."""
import math

from estimate import incomplete_beta

FEW = 10


def p_of_t(t, df):
    return incomplete_beta(df / 2, 0.5, df / (df + t * t))


def quantile(df, chance=0.05):
    """The t that is exceeded, on either side together, with a chance."""
    low, high = 0.0, 1.0
    while p_of_t(high, df) > chance:
        high *= 2
    for _ in range(200):
        mid = (low + high) / 2
        low, high = (mid, high) if p_of_t(mid, df) > chance else (low, mid)
    return (low + high) / 2


def p_of_f(f, df1, df2):
    return 1.0 if f <= 0 else incomplete_beta(df2 / 2, df1 / 2, df2 / (df2 + df1 * f))


def power(t, df, shift):
    """Chance that a noncentral t exceeds t: E Φ(shift − t s) over s = χ/√df, by the trapezoid rule."""
    spread = 12 / math.sqrt(2 * df)
    low, high, steps = max(0.0, 1 - spread), 1 + spread, 600
    constant = math.log(2) + df / 2 * math.log(df / 2) - math.lgamma(df / 2)
    total = mass = 0.0
    for k in range(steps + 1):
        s = low + (high - low) * k / steps
        if s <= 0:
            continue
        density = math.exp(constant + (df - 1) * math.log(s) - df / 2 * s * s)
        total += density * 0.5 * math.erfc((t * s - shift) / math.sqrt(2))
        mass += density
    return total / mass


def smallest(error, df):
    """The difference that 80 % of samples show at 5 %, by the secant method."""
    t = quantile(df)
    a, b = t + 0.5, t + 1.2
    fa, fb = power(t, df, a) - 0.8, power(t, df, b) - 0.8
    for _ in range(60):
        if fb == fa or abs(b - a) < 1e-14:
            break
        a, b, fa = b, b - fb * (b - a) / (fb - fa), fb
        fb = power(t, df, b) - 0.8
    return b * error


def word(size, limits):
    return ("negligible", "small", "medium", "large")[sum(abs(size) >= x - 1e-9 for x in limits)]


def adjust(ps):
    """Holm up to ten tests, else Benjamini and Hochberg; missing ones don't count."""
    known = sorted((p, i) for i, p in enumerate(ps) if p is not None)
    m, out = len(known), [None] * len(ps)
    if m <= FEW:
        most = 0.0
        for rank, (p, i) in enumerate(known):
            most = max(most, (m - rank) * p)
            out[i] = min(most, 1.0)
    else:
        least = math.inf
        for rank in range(m, 0, -1):
            p, i = known[rank - 1]
            least = min(least, m / rank * p)
            out[i] = min(least, 1.0)
    return {"tests": m, "adjustment": "holm" if m <= FEW else "benjamini_hochberg"}, out


def spread(design, estimate):
    """Variance between people and their number; None for fewer than two."""
    z = estimate[1]
    w = {i: design.people[i].weight for i in z}
    total = math.fsum(w.values())
    if len(z) < 2:
        return None
    return math.fsum(w[i] * (v * total) ** 2 for i, v in z.items()) / total * len(z) / (len(z) - 1), len(z)


def deviation(*spreads):
    if None in spreads:
        return None
    v = sum(s * (n - 1) for s, n in spreads) / sum(n - 1 for _, n in spreads)
    return math.sqrt(v) if v > 0 else None


NOTHING = dict.fromkeys(("value", "other", "n", "n_other", "difference", "standard_error", "df", "low", "high", "p",
                         "p_adjusted", "size", "magnitude", "smallest"))


def untested():
    return {**NOTHING, "outcome": "not_tested"}


def contrast(design, own, rest):
    """An estimate less another one over the same design; adjusted later."""
    z = {i: own[1].get(i, 0.0) - rest[1].get(i, 0.0) for i in {**own[1], **rest[1]}}
    sides = [spread(design, own), spread(design, rest)]
    flat = [s is None or math.sqrt(s[0]) <= 1e-12 * abs(e[0]) for s, e in zip(sides, (own, rest))]
    difference = own[0] - rest[0]
    out = {**untested(), "value": own[0], "other": rest[0], "n": len(own[1]), "n_other": len(rest[1]),
           "difference": difference}
    v = None if any(flat) else design.variance(z, False)
    cells = {}
    for i in z:
        cells[design.people[i].cell] = cells.get(design.people[i].cell, 0) + 1
    df = sum(n - 1 for n in cells.values())
    if not v or df <= 0:
        return out
    error, s = math.sqrt(v), deviation(*sides)
    half = quantile(df) * error
    size = difference / s
    return {**out, "standard_error": error, "df": df, "low": difference - half, "high": difference + half,
            "p": p_of_t(difference / error, df), "size": size, "magnitude": word(size, (0.2, 0.5, 0.8))}


def settle(contrasts):
    family, adjusted = adjust([c["p"] for c in contrasts])
    for c, p in zip(contrasts, adjusted):
        c["p_adjusted"] = p
        if p is not None:
            c["outcome"] = "not_shown" if p >= 0.05 else "higher" if c["difference"] > 0 else "lower"
            if p >= 0.05:
                c["smallest"] = smallest(c["standard_error"], c["df"])
    return family


def share_covariance(design, given, p, total, places):
    """Covariances, without correction, of the weighted shares of a table's cells.

    The influence of somebody in cell k on the share of cell j is (1[j = k] - p_j) / total, so that sums of squares and
    products follow from counts by cell; people outside the table have zero.
    """
    size = len(places)
    shares = [p.get(k, 0.0) for k in places]
    index = {k: j for j, k in enumerate(places)}
    out = [[0.0] * size for _ in range(size)]

    def moments(members, weight):
        """Means, and sums of products about them, of weight times influence."""
        first, second = [0.0] * size, [0.0] * size
        for i in members:
            if i in given:
                first[index[given[i]]] += weight(i)
                second[index[given[i]]] += weight(i) ** 2
        all1, all2, n = sum(first), sum(second), len(members)
        mean = [(first[j] - all1 * shares[j]) / total / n for j in range(size)]
        s = [[(second[j] * (j == k) - second[j] * shares[k] - second[k] * shares[j] + all2 * shares[j] * shares[k])
              / total ** 2 - n * mean[j] * mean[k] for k in range(size)] for j in range(size)]
        return mean, s

    for name in {design.people[i].cell for i in given}:
        population, classes = design.cells[name]
        everybody = [i for i, q in enumerate(design.people) if q.cell == name]
        n = len(everybody)
        if len(classes) == 1:
            if n < 2:
                return None
            s = moments(everybody, lambda i: design.people[i].weight)[1]
            for j in range(size):
                for k in range(size):
                    out[j][k] += n / (n - 1) * s[j][k]
            continue
        m = sum(c[1] for c in classes)
        parts = []
        for groups, invited, answered in classes:
            mean, s = moments([i for i in everybody if design.people[i].group in groups], lambda i: population)
            parts.append((invited, invited / m, mean, s, answered))
        centre = [sum(a * mean[j] for _, a, mean, _, _ in parts) for j in range(size)]
        inner = [[0.0] * size for _ in range(size)]
        for invited, a, mean, s, answered in parts:
            u = (1 - answered / invited) / (answered - 1) / answered
            factor = (invited - 1) / (answered - 1) - invited * (1 - a) * u
            for j in range(size):
                for k in range(size):
                    out[j][k] += a * a * u * s[j][k]
                    between = (mean[j] - centre[j]) * (mean[k] - centre[k])
                    inner[j][k] += factor * s[j][k] + invited * between
        # A share whose S² would be below zero has none, and nothing in common with others.
        good = [inner[j][j] >= 0 for j in range(size)]
        for j in range(size):
            for k in range(size):
                out[j][k] += inner[j][k] / (m - 1) / m if good[j] and good[k] else 0.0
    return out


def solve(a, b):
    """Solves a x = b for a matrix b by elimination."""
    n = len(a)
    rows = [list(a[i]) + list(b[i]) for i in range(n)]
    for k in range(n):
        best = max(range(k, n), key=lambda i: abs(rows[i][k]))
        rows[k], rows[best] = rows[best], rows[k]
        for i in range(n):
            if i != k and rows[i][k]:
                f = rows[i][k] / rows[k][k]
                rows[i] = [x - f * y for x, y in zip(rows[i], rows[k])]
    return [[x / rows[i][i] for x in rows[i][n:]] for i in range(n)]


def table(design, given, hide):
    """Rao and Scott's second-order F test; `given` is {index: (row, column)}."""
    rows, columns = sorted({r for r, _ in given.values()}), sorted({c for _, c in given.values()})
    n, hidden = len(given), 0 < len(given) < hide
    out = {"n": None if hidden else n, "groups": len(rows), "f": None, "df1": None, "df2": None, "p": None,
           "p_adjusted": None, "size": None, "magnitude": None, "outcome": "not_tested"}
    if hidden or n < 2 or len(rows) < 2 or len(columns) < 2:
        return out
    weight = {i: design.people[i].weight for i in given}
    total = math.fsum(weight.values())
    p = {}
    for i, cell in given.items():
        p[cell] = p.get(cell, 0.0) + weight[i] / total
    share = lambda r, c: p.get((r, c), 0.0)
    row = {r: sum(share(r, c) for c in columns) for r in rows}
    column = {c: sum(share(r, c) for r in rows) for c in columns}
    chi = n * sum((share(r, c) - row[r] * column[c]) ** 2 / (row[r] * column[c]) for r in rows for c in columns)
    # Contrasts with the first row and column span what rows and columns alone don't explain.
    basis = []
    for r in rows[1:]:
        for c in columns[1:]:
            basis.append({(r, c): 1.0, (r, columns[0]): -1.0, (rows[0], c): -1.0, (rows[0], columns[0]): 1.0})
    places = [(r, c) for r in rows for c in columns]
    shares = share_covariance(design, given, p, total, places)
    if shares is None:
        return out
    index = {k: j for j, k in enumerate(places)}
    scaled = [[(index[k], x / p[k]) for k, x in b.items() if k in p] for b in basis]
    v = [[sum(x * y * shares[j][k] for j, x in a for k, y in b) for b in scaled] for a in scaled]
    base = [[sum(x * b.get(k, 0.0) / p[k] for k, x in a.items() if k in p) / n for b in basis] for a in basis]
    d = solve(base, v)
    trace = sum(d[j][j] for j in range(len(d)))
    squares = sum(d[j][k] * d[k][j] for j in range(len(d)) for k in range(len(d)))
    cells = {}
    for i in given:
        cells[design.people[i].cell] = cells.get(design.people[i].cell, 0) + 1
    df1 = trace * trace / squares
    df2 = df1 * sum(x - 1 for x in cells.values())
    size = math.sqrt(chi / n)
    return {**out, "f": chi / trace, "df1": df1, "df2": df2, "p": p_of_f(chi / trace, df1, df2), "size": size,
            "magnitude": word(size, (0.1, 0.3, 0.5))}


def settle_tables(tables):
    family, adjusted = adjust([t["p"] for t in tables])
    for t, p in zip(tables, adjusted):
        t["p_adjusted"] = p
        if p is not None:
            t["outcome"] = "differs" if p < 0.05 else "not_shown"
    return family


def distance(design, estimate, figure, error, df, open_):
    """Effect size of a distance from a figure, and what could have been seen where it is open."""
    s = deviation(spread(design, estimate))
    size = None if s is None else (estimate[0] - figure) / s
    return {"size": size, "magnitude": None if size is None else word(size, (0.2, 0.5, 0.8)),
            "smallest": smallest(error, df) if open_ and error else None}
