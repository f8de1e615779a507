# ---- Events before and after measures: measures.csv has a row a person and measure, with counts and sums ---------
#
# Of relative changes error, smallest change and test are those of the logarithm.

events_of <- function(effect) {
  if (isTRUE(effect$reason %in% c("unreadable", "no_past", "too_soon", "other_events"))) return(list())
  d <- people_of_measures[people_of_measures$measure == effect$action, ]
  totals <- as.list(colSums(d[c("before_n", "before_sum", "after_n", "after_sum")]))
  figure <- effect$events$figure
  counted <- figure == "count"
  ours <- list(n = sum(d$after_n > 0), n_other = sum(d$before_n > 0))
  mean_of <- function(sum, n) if (n > 0) sum / n
  ours$value <- if (counted) totals$after_n else mean_of(totals$after_sum, totals$after_n)
  ours$other <- if (counted) totals$before_n else mean_of(totals$before_sum, totals$before_n)
  if (totals$before_n == 0 || (!counted && totals$after_n == 0)) return(ours)
  relative <- isTRUE(effect$events$relative)
  if (relative && !counted && (ours$value <= 0 || ours$other <= 0)) return(ours)
  ours$difference <- if (relative) ours$value / ours$other - 1 else ours$value - ours$other
  if (identical(effect$reason, "alike") || identical(effect$reason, "one_answer")) return(ours)
  # Where none are left: one event of one more person.
  none_left <- counted && totals$after_n == 0
  if (none_left) d <- rbind(d, data.frame(measure = effect$action, before_n = 0, before_sum = 0, after_n = 1, after_sum = 0))
  d <- d[d$before_n + d$after_n > 0, ]
  design <- svydesign(ids = ~1, weights = ~1, data = d)
  total <- svytotal(~before_n + before_sum + after_n + after_sum, design)
  made <- if (counted) svycontrast(total, quote(log(after_n / before_n)))
    else if (relative) svycontrast(total, quote(log((after_sum / after_n) / (before_sum / before_n))))
    else svycontrast(total, quote(after_sum / after_n - before_sum / before_n))
  df <- nrow(d) - 1
  estimate <- as.numeric(made)
  se <- as.numeric(SE(made))
  half <- qt(0.975, df) * se
  ends <- if (relative) expm1(estimate + c(-half, half)) else estimate + c(-half, half)
  if (none_left) ends[1] <- -1
  c(ours, list(standard_error = se, df = df, low = ends[1], high = ends[2], p = 2 * pt(-abs(estimate / se), df)))
}

people_of_measures <- {
  path <- file.path(here, "measures.csv")
  if (file.exists(path)) read_table("measures.csv", "measure") else NULL
}
