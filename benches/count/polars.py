# Weighted means by region of twelve items, with standard errors of the stratified design (with finite correction).
import sys, time, resource, collections
start = time.time()
import polars as pl
c = pl.col
items = [f"q{i}" for i in range(1, 13)]
sums = [e for q in items for e in (c(q).count().alias(q + "n"), c(q).sum().cast(pl.Int64).alias(q + "s"), (c(q) * c(q)).sum().cast(pl.Int64).alias(q + "ss"))]
types = {q: pl.Int32 for q in items}
cells = (pl.scan_csv(sys.argv[1], schema_overrides=types)
         .group_by("stratum", "region").agg(pl.len().alias("n"), c("weight").first(), c("population").first(), *sums)
         .collect(engine="streaming").to_dicts())
