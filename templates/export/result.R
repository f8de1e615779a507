# ---- 11. Result --------------------------------------------------------------------------------

done <- c("scale", "hide_below", "finite_correction", "weights", "measures", "overall", "strata", "parts", "segments",
  "comparisons", "targets", "benchmarks", "periods", "items", "self_selected")
counts <- c("cleaning", "response", "response_total", "cases", "with_case", "cautions")
others <- c(setdiff(names(scores), c(done, counts)),
  paste0("findings.", setdiff(names(report$findings), c("drivers", "outstanding", "fair", "times", "risks", "trend"))))
others <- setdiff(others, "findings.")
if (is.null(before) && !is.null(report$change)) leave("change", "this export was made without the wave before")

cat(sprintf("%-28s %9s %22s %8s\n", "section", "numbers", "largest rel. difference", "hidden"))
for (name in names(seen))
  cat(sprintf("%-28s %9d %22.1e %8d\n", name, seen[[name]]["n"], seen[[name]]["largest"], seen[[name]]["hidden"]))
total_n <- sum(vapply(seen, function(s) s["n"], 0))
cat(sprintf("%-28s %9d %22.1e   (%.0f s, survey %s)\n", "all", total_n, max(vapply(seen, function(s) s["largest"], 0)),
  proc.time()[["elapsed"]] - started, packageVersion("survey")))
cat("not computed here (counts of the field work, which the data do not hold):", paste(counts, collapse = ", "), "\n")
for (words in left) cat("not computed here:", words, "\n")
filled <- Filter(function(name) startsWith(name, "findings.") || length(scores[[name]]) > 0, others)
if (length(filled) > 0) cat("not computed here (sections that this script does not know):", paste(filled, collapse = ", "), "\n")
if (length(faults) > 0) {
  cat(length(faults), "numbers are off by more than 1e-8:\n")
  cat(paste0("  ", head(faults, 40), "\n"), sep = "")
  quit(status = 1)
}
cat("0 numbers are off by more than 1e-8\n")
