# Weighted means by region of twelve items, with standard errors of the stratified design (with finite correction).
import sys, time, resource, collections
start = time.time()
import duckdb
db = duckdb.connect()
db.execute("set enable_progress_bar = false")  # it goes to standard output, where the figures stand
items = [f"q{i}" for i in range(1, 13)]
sums = ", ".join(f"count({q}) as {q}n, sum({q}) as {q}s, sum({q} * {q}) as {q}ss" for q in items)
types = ", ".join(f"'{q}': 'INTEGER'" for q in items)
path = sys.argv[1].replace("'", "''")
found = db.execute(f"""select stratum, region, count(*) as n, first(weight) as weight, first(population) as population, {sums}
  from read_csv('{path}', header = true, types = {{{types}}}) group by stratum, region""")
names = [d[0] for d in found.description]
cells = [dict(zip(names, [float(x) if not isinstance(x, str) else x for x in row])) for row in found.fetchall()]
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
