# From sums by stratum and region to means with their errors; the same for whoever made the sums.
strata = collections.Counter()
for cell in cells:
    strata[cell["stratum"]] += cell["n"]
out = {}
for region in sorted({cell["region"] for cell in cells}):
    own = [cell for cell in cells if cell["region"] == region]
    for q in items:
        weight = sum(cell["weight"] * cell[q + "n"] for cell in own)
        mean = sum(cell["weight"] * cell[q + "s"] for cell in own) / weight
        variance = 0.0
        for cell in own:
            n, w = strata[cell["stratum"]], cell["weight"] / weight
            first = w * (cell[q + "s"] - mean * cell[q + "n"])
            second = w * w * (cell[q + "ss"] - 2 * mean * cell[q + "s"] + mean * mean * cell[q + "n"])
            variance += (1 - n / cell["population"]) * n / (n - 1) * (second - first * first / n)
        out[region, q] = mean, variance ** 0.5
assert len(out) == 72
print(out["east", "q1"], file=sys.stderr)
used = resource.getrusage(resource.RUSAGE_SELF)
print(time.time() - start, used.ru_maxrss / 1000, used.ru_utime + used.ru_stime)
