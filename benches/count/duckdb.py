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
