# The same strata and sizes: the top fifth, three regions seen within six months, the others; a thousand each.
import sys, time, resource
start = time.time()
import duckdb
db = duckdb.connect()
db.execute("set enable_progress_bar = false")  # it goes to standard output, where the figures stand
db.execute("create view list as select * from read_csv(?, header = true, types = {'spend': 'DOUBLE', 'customer_id': 'VARCHAR'})"
           .replace("?", "'" + sys.argv[1].replace("'", "''") + "'"))
keys, rows, cut = db.execute("select count(distinct customer_id), count(*), quantile_disc(spend, 0.8) from list").fetchone()
assert keys == rows
drawn = db.execute(f"""
  select stratum, count(*), min_by(customer_id, u, 1000) from (
    select customer_id, hash(customer_id) as u, case
      when spend >= {cut} then 'top'
      when region in ('east', 'west', 'north') and last_seen between date '2025-07-05' and date '2026-01-05' then region
      else 'others' end as stratum
    from list) group by stratum""").fetchall()
assert len(drawn) == 5
used = resource.getrusage(resource.RUSAGE_SELF)
print(time.time() - start, used.ru_maxrss / 1000, used.ru_utime + used.ru_stime)
