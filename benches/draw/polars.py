# The same strata and sizes: the top fifth, three regions seen within six months, the others; a thousand each.
import sys, time, resource
start = time.time()
import polars as pl
c = pl.col
rows = (pl.scan_csv(sys.argv[1], schema_overrides={"spend": pl.Float64, "customer_id": pl.String})
        .select(c("customer_id"), c("region"), c("last_seen").str.to_date("%Y-%m-%d"), c("spend"), c("visits")))
keys = rows.select(c("customer_id").n_unique().alias("keys"), pl.len().alias("rows"))
recent = c("last_seen").is_between(pl.date(2025, 7, 5), pl.date(2026, 1, 5))
stratum = pl.when(c("spend") >= c("spend").quantile(0.8, "lower")).then(pl.lit("top"))
for region in ["east", "west", "north"]:
    stratum = stratum.when((c("region") == region) & recent).then(pl.lit(region))
drawn = (rows.with_columns(stratum.otherwise(pl.lit("others")).alias("stratum"), c("customer_id").hash(42).alias("u"))
         .group_by("stratum").agg(pl.len(), c("customer_id").bottom_k_by("u", 1000)))
keys, drawn = pl.collect_all([keys, drawn])
assert keys["keys"][0] == keys["rows"][0] and len(drawn) == 5
used = resource.getrusage(resource.RUSAGE_SELF)
print(time.time() - start, used.ru_maxrss / 1000, used.ru_utime + used.ru_stime)
