"""Estimates under the design, written from docs/statistics.md: a second opinion in plain Python.

A sample is a list of cells; a cell knows its population and its weighting classes; a class
knows how many were invited and who answered. Everything is computed by definition, slowly.
"""
import math


def beta_fraction(a, b, x):
    """Continued fraction of the incomplete beta function (Lentz)."""
    tiny, c, d = 1e-300, 1.0, 1.0 - (a + b) * x / (a + 1.0)
    d = 1.0 / (d if abs(d) > tiny else tiny)
    h = d
    for m in range(1, 2000):
        for step in (m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m)),
                     -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1))):
            d = 1.0 + step * d
            d = 1.0 / (d if abs(d) > tiny else tiny)
            c = 1.0 + step / c
            c = c if abs(c) > tiny else tiny
            h *= c * d
        if abs(c * d - 1.0) < 1e-16:
            break
    return h


def incomplete_beta(a, b, x):
    if x <= 0.0 or x >= 1.0:
        return 0.0 if x <= 0.0 else 1.0
    front = math.exp(math.lgamma(a + b) - math.lgamma(a) - math.lgamma(b)
                     + a * math.log(x) + b * math.log1p(-x))
    if x < (a + 1.0) / (a + b + 2.0):
        return front * beta_fraction(a, b, x) / a
    return 1.0 - front * beta_fraction(b, a, 1.0 - x) / b


QUANTILES = {}


def t_quantile(df):
    """Two-sided 95 % quantile of Student's t, by bisection."""
    if df < 1:
        return None
    if df not in QUANTILES:
        low, high = 0.0, 20.0
        for _ in range(200):
            mid = (low + high) / 2
            # P(|T| > mid) is the incomplete beta function at df / (df + mid²).
            low, high = (mid, high) if incomplete_beta(df / 2, 0.5, df / (df + mid * mid)) > 0.05 else (low, mid)
        QUANTILES[df] = (low + high) / 2
    return QUANTILES[df]


class Person:
    """A respondent: weight and place."""

    def __init__(self, cell, group, weight, response):
        self.cell, self.group, self.weight, self.response = cell, group, weight, response


def join(groups):
    """Weighting classes of a cell from {group: [invited, answered]}: list of (groups, invited, answered)."""
    invited = sum(max(i, a) for i, a in groups.values())
    answered = sum(a for _, a in groups.values())

    def weak(i, a):
        return a < 5 or i / a > 5 * invited / answered * (1 + 1e-15)

    classes = [([g], max(groups[g]), groups[g][1]) for g in sorted(groups)]
    if len(classes) < 2:
        return classes
    pool = [c for c in classes if weak(c[1], c[2])]
    strong = [c for c in classes if not weak(c[1], c[2])]
    if not pool:
        return strong

    def merged(parts):
        return (sorted(sum((p[0] for p in parts), [])), sum(p[1] for p in parts), sum(p[2] for p in parts))

    while strong and weak(*merged(pool)[1:]):
        smallest = min(strong, key=lambda c: c[2])
        strong.remove(smallest)
        pool.append(smallest)
    return strong + [merged(pool)]


class Design:
    """Cells: name -> (population, classes); people in a fixed order."""

    def __init__(self, cells, people):
        self.cells, self.people = cells, people

    def variance(self, z, finite):
        """Variance of the sum of weight times z over {index: z}; None where a cell has one respondent."""
        total, size = 0.0, sum(abs(self.people[i].weight * v) for i, v in z.items())
        for name in {self.people[i].cell for i in z}:
            population, classes = self.cells[name]
            everybody = [i for i, p in enumerate(self.people) if p.cell == name]
            if len(classes) == 1:
                n = len(everybody)
                f = min(n / population, 1.0)
                if n < 2:
                    if f >= 1.0 and finite:
                        continue
                    return None
                t = [self.people[i].weight * z.get(i, 0.0) for i in everybody]
                mean = math.fsum(t) / n
                keep = 1 - f if finite else 1.0
                total += keep * n / (n - 1) * math.fsum((x - mean) ** 2 for x in t)
            else:
                total += self.two_phase(everybody, population, classes, z, finite)
        return 0.0 if math.sqrt(total) <= 1e-12 * size else total

    def two_phase(self, everybody, population, classes, z, finite):
        """Double sampling for stratification: invited people are counted by class, some of each answer."""
        m = sum(c[1] for c in classes)
        parts = []
        for groups, invited, answered in classes:
            x = [population * z.get(i, 0.0) for i in everybody if self.people[i].group in groups]
            assert len(x) == answered
            mean = math.fsum(x) / answered
            s2 = math.fsum((v - mean) ** 2 for v in x) / (answered - 1)
            parts.append((invited, invited / m, mean, s2, (1 - answered / invited) * s2 / answered))
        mean = sum(a * y for _, a, y, _, _ in parts)
        second = sum(a * a * u for _, a, _, _, u in parts)
        squares = sum((i - 1) * s2 + i * (y - mean) ** 2 - i * (1 - a) * u for i, a, y, s2, u in parts)
        keep = 1 - min(m / population, 1.0) if finite else 1.0
        return second + keep * max(squares / (m - 1), 0.0) / m

    def census(self, z):
        """Everybody of every cell was invited and answered."""
        return all(sum(c[2] for c in self.cells[name][1]) >= self.cells[name][0]
                   for name in {self.people[i].cell for i in z})

    def mean(self, values):
        """Mean of {index: value}: estimate and influence values."""
        weight = math.fsum(self.people[i].weight for i in values)
        if not values or weight <= 0:
            return None
        mean = math.fsum(self.people[i].weight * y for i, y in values.items()) / weight
        return mean, {i: (y - mean) / weight for i, y in values.items()}

    def judged(self, estimate, bounds, share, finite, domain=()):
        """Standard error, degrees of freedom and unclipped interval."""
        value, z = estimate
        v = self.variance(z, finite)
        in_cell = {}
        # Everybody of the domain counts, unless fewer than half of it have a value.
        for i in domain if domain and 2 * len(z) >= len(domain) else z:
            in_cell[self.people[i].cell] = in_cell.get(self.people[i].cell, 0) + 1
        df = sum(n - 1 for n in in_cell.values())
        if v is None:
            return None, df, None
        error, t = math.sqrt(v), t_quantile(df)
        if finite and self.census(z):
            return error, df, (value - error, value + error)
        if share:
            low, high = bounds
            return error, df, t and wilson(value, error, low, high, len(z), t)
        if error == 0.0 or t is None:
            return error, df, None
        return error, df, (value - t * error, value + t * error)

    def effects(self, z, error):
        """Variance over that of a simple random sample without and with replacement."""
        people = math.fsum(self.people[i].weight for i in z)
        squares = math.fsum(self.people[i].weight * v * v for i, v in z.items())
        n = len(z)
        if error is None or n < 2 or people * squares <= 0:
            return {"design_effect": None, "design_effect_replace": None}
        effect = error ** 2 * (n - 1) / (people * squares)
        keep = 1 - n / people
        return {"design_effect": effect / keep if keep > 0 else effect, "design_effect_replace": effect}

    def printed(self, estimate, bounds=(-math.inf, math.inf), share=False, hide=10, domain=()):
        """What the report prints of an estimate."""
        empty = dict.fromkeys(("value", "n", "n_effective", "standard_error", "design_effect",
                               "design_effect_replace", "df", "low", "high"))
        if estimate is None:
            return {**empty, "n": 0, "clipped": False}
        value, z = estimate
        if len(z) < hide:
            return {**empty, "clipped": False}
        weights = [self.people[i].weight for i in z]
        error, df, ends = self.judged(estimate, bounds, share, True, domain)
        low, high = ends or (None, None)
        return {
            "value": value, "n": len(z), "standard_error": error, "df": df,
            **self.effects(z, error),
            "n_effective": math.fsum(weights) ** 2 / math.fsum(w * w for w in weights),
            "low": None if low is None else min(max(low, bounds[0]), bounds[1]),
            "high": None if high is None else min(max(high, bounds[0]), bounds[1]),
            "clipped": ends is not None and (low < bounds[0] or high > bounds[1]),
        }


def wilson(value, error, low, high, n, t):
    """Wilson's interval on low..high with the effective number p(1-p)/v, at most n."""
    p, v = (value - low) / (high - low), (error / (high - low)) ** 2
    size = min(p * (1 - p) / v, n) if v > 0 and p * (1 - p) > 1e-12 else n
    centre = (p + t * t / (2 * size)) / (1 + t * t / size)
    half = t / (1 + t * t / size) * math.sqrt(max(p * (1 - p), 0.0) / size + t * t / (4 * size * size))
    return low + (high - low) * max(centre - half, 0.0), low + (high - low) * min(centre + half, 1.0)


def suppress(counts, threshold):
    """Hides cells under the threshold and what would give them away; None is an empty place."""
    hidden = [[n is not None and n < threshold for n in row] for row in counts]
    rows = [[(r, c) for c in range(len(row))] for r, row in enumerate(counts)]
    columns = [[(r, c) for r in range(len(counts))] for c in range(len(counts[0]) if counts else 0)]
    lines = [line for line in rows + columns if len(line) > 1]
    changed = True
    while changed:
        changed = False
        for line in lines:
            covered = [counts[r][c] for r, c in line if hidden[r][c]]
            if not covered or (len(covered) > 1 and sum(covered) >= threshold):
                continue
            visible = [(counts[r][c], r, c) for r, c in line if not hidden[r][c] and counts[r][c] is not None]
            if visible:
                _, r, c = min(visible)
                hidden[r][c] = True
                changed = True
                break
    return hidden
