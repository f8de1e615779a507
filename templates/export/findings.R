# ---- 10. Findings -------------------------------------------------------------------------------
#
# What stands out, fair tables, times of follow-ups, risk groups, the course of the main score, drivers.

fair_from <- max(hide_below, 30)
main_name <- if (length(indices) > 0) names(indices)[1] else names(measures)[1]

# A cell under the threshold is hidden, and with it what would give it away (Hundepool et al. 2012, ch. 4).
suppressed <- function(counts, threshold) {
  hidden <- !is.na(counts) & counts < threshold
  rows <- lapply(seq_len(nrow(counts)), function(r) cbind(r, seq_len(ncol(counts))))
  columns <- lapply(seq_len(ncol(counts)), function(c) cbind(seq_len(nrow(counts)), c))
  lines <- Filter(function(line) nrow(line) > 1, c(rows, columns))
  one_more <- function(line) {
    covered <- counts[line][hidden[line] & !is.na(counts[line])]
    if (length(covered) == 0 || (length(covered) > 1 && sum(covered) >= threshold)) return(FALSE)
    open <- line[!hidden[line] & !is.na(counts[line]), , drop = FALSE]
    if (nrow(open) == 0) return(FALSE)
    hidden[open[order(counts[open], open[, 1], open[, 2])[1], , drop = FALSE]] <<- TRUE
    TRUE
  }
  repeat if (!any_first(lines, one_more)) return(hidden)
}
any_first <- function(all, f) {
  for (one in all) if (f(one)) return(TRUE)
  FALSE
}

# An estimate as groups are compared by: at least 30 answers, an error that is one, and a range.
point_of <- function(inside, name) {
  m <- measures[[name]]
  if (!is.finite(m$low) || !is.finite(m$high)) return(NULL)
  e <- over(inside, function() score(name))
  if (none(e) || sum(e$member) < fair_from) return(NULL)
  v <- variance(e, finite_correction)$value
  df <- degrees(S, e$member, finite_correction)
  if (is.na(v) || sqrt(v) <= 1e-9 * (m$high - m$low) || df <= 0) return(NULL)
  list(n = sum(e$member), y = e$value, v = v, df = df)
}

# A table: groups with a point for every measure; what the report hides takes no part.
table_of_groups <- function(name, groups, value, time = FALSE) list(name = name, time = time,
  groups = lapply(groups, function(g) g$name), points = lapply(groups, function(g) {
    inside <- (value == g$name) %in% TRUE
    lapply(seq_along(measures), function(m) {
      if (isTRUE(g$hidden) || is_hidden(g$estimates[[m]])) NULL else point_of(inside, names(measures)[m])
    })
  }))
table_of_times <- function(name, place, labels) {
  inside <- lapply(seq_along(labels), function(k) (place == k - 1) %in% TRUE & S$answered)
  or_nobody <- function(n) ifelse(n > 0, n, NA)
  small <- suppressed(matrix(or_nobody(vapply(inside, sum, 0)), ncol = 1), hide_below)
  numbers <- vapply(names(measures), function(m) vapply(inside, function(i) {
    e <- over(i, function() score(m))
    if (none(e)) 0 else sum(e$member)
  }, 0), rep(0, length(labels)))
  few <- suppressed(or_nobody(numbers), hide_below)
  list(name = name, time = TRUE, groups = as.list(labels), points = lapply(seq_along(labels), function(k) {
    lapply(seq_along(measures), function(m) {
      if (small[k] || few[k, m] || names(measures)[m] != main_name) NULL else point_of(inside[[k]], names(measures)[m])
    })
  }))
}

times_known <- !clock[["days"]] || "resp.day" %in% names(S$data)
tables <- list()
if (length(measures) > 0 && S$n > 0) {
  if (length(scores$strata) > 1) tables <- list(table_of_groups("stratum", scores$strata, S$data$design.stratum))
  others <- Filter(function(k) !identical(compared[[k]], "design.stratum"), seq_along(compared))
  for (k in seq_along(others))
    tables <- c(tables, list(table_of_groups(scores$segments[[k]]$name, scores$segments[[k]]$groups, values_of(compared[[others[k]]]))))
  if (clock[["hours"]] && times_known) tables <- c(tables, list(table_of_times("hour", column(S$data, "resp.hour"),
    sprintf("%02d:00\u2013%02d:00", 0:23, 1:24))))
  if (clock[["days"]] && times_known) {
    weekday <- (as.POSIXlt(as.Date(as.character(column(S$data, "resp.day"))))$wday + 6) %% 7
    tables <- c(tables, list(table_of_times("weekday", weekday, as.character(0:6))))
  }
}

# Mean by precision with its variance, and Paule and Mandel's (1982) variance between groups.
centre_of <- function(y, v, t) c(sum(y / (v + t)) / sum(1 / (v + t)), 1 / sum(1 / (v + t)))
between_groups <- function(y, v) {
  excess <- function(t) sum((y - centre_of(y, v, t)[1])^2 / (v + t)) - (length(y) - 1)
  if (excess(0) <= 0) return(0)
  high <- max(v)
  while (excess(high) > 0) high <- 2 * high
  uniroot(excess, c(0, high), tol = 1e-15 * high, maxiter = 1000)$root
}
# A group against the mean of the others: by sampling alone, and among groups that differ as these do.
against_others <- function(y, v, k) {
  t <- between_groups(y[-k], v[-k])
  m <- centre_of(y[-k], v[-k], t)
  (y[k] - m[1]) / sqrt(v[k] + c(0, t) + m[2])
}
drawn_together <- function(y, v) {
  t <- between_groups(y, v)
  m <- centre_of(y, v, t)[1]
  list(mean = m, between = t, drawn = v / (v + t) * m + (1 - v / (v + t)) * y,
    z = vapply(seq_along(y), function(k) against_others(y, v, k), c(0, 0)))
}
field <- function(points, name) vapply(points, function(p) p[[name]], 0)

looks <- list()
looked <- list()
for (table. in tables) {
  seen. <- rep(FALSE, length(table.$groups))
  for (m in seq_along(measures)) {
    known <- which(vapply(table.$points, function(p) !is.null(p[[m]]), TRUE))
    if (length(known) < 2) next
    seen.[known] <- TRUE
    points <- lapply(table.$points[known], function(p) p[[m]])
    y <- field(points, "y"); v <- field(points, "v"); df <- field(points, "df"); n <- field(points, "n")
    look <- function(k, mean, drawn, z, df, unusual) looks[[length(looks) + 1]] <<- list(table = table.$name, time = table.$time,
      group = table.$groups[[known[k]]], measure = names(measures)[m], n = n[k], value = y[k], mean = mean,
      difference = y[k] - mean, drawn = drawn, p = 2 * pt(-abs(z), df), unusual = unusual)
    if (length(known) == 2) {
      low <- if (y[2] < y[1]) 2 else 1
      look(low, y[3 - low], NULL, (y[low] - y[3 - low]) / sqrt(sum(v)), min(df), FALSE)
    } else {
      all <- drawn_together(y, v)
      unusual <- p.adjust(2 * pnorm(-abs(all$z[2, ])), "holm") <= 0.05
      for (k in seq_along(y)) look(k, all$mean, all$drawn[k], all$z[1, k], df[k], unusual[k])
    }
  }
  if (any(seen.)) looked[[length(looked) + 1]] <- list(name = table.$name, groups = sum(seen.))
}
theirs <- report$findings$outstanding
if (!times_known) leave("findings.outstanding", "the days of answers are not told of an anonymous campaign") else {
  p <- p.adjust(vapply(looks, function(l) l$p, 0), "BH")
  for (k in seq_along(looks)) looks[[k]]$p <- p[k]
  found <- looks[p <= 0.05]
  compare("what stands out", "outstanding.minimum", fair_from, theirs$minimum)
  compare("what stands out", "outstanding.groups", sum(vapply(looked, function(l) l$groups, 0)), theirs$groups)
  compare("what stands out", "outstanding.looks", length(looks), theirs$looks)
  compare("what stands out", "outstanding.tables", length(looked), length(theirs$tables))
  for (k in seq_along(looked)) compare("what stands out", paste0("outstanding.tables.", looked[[k]]$name), looked[[k]]$groups,
    theirs$tables[[k]]$groups)
  compare("what stands out", "outstanding.found", length(found), length(theirs$found))
  for (k in seq_len(min(length(found), length(theirs$found)))) {
    where <- paste0("outstanding.found[", k, "]")
    for (name in c("table", "group", "measure")) compare_word("what stands out", paste0(where, ".", name), found[[k]][[name]],
      theirs$found[[k]][[name]])
    for (name in c("n", "value", "mean", "difference", "drawn", "p", "unusual", "time"))
      compare("what stands out", paste0(where, ".", name), found[[k]][[name]], theirs$found[[k]][[name]])
  }
}

# Fair tables: t intervals, groups drawn to their mean, ranks that can be told apart (Bonferroni over all pairs).
for (theirs in report$findings$fair) {
  table. <- Filter(function(t) t$name == theirs$name, tables)[[1]]
  m <- match(main_name, names(measures))
  compare_word("fair tables", paste0("fair.", theirs$name, ".measure"), main_name, theirs$measure)
  known <- which(vapply(table.$points, function(p) !is.null(p[[m]]), TRUE))
  points <- lapply(table.$points[known], function(p) p[[m]])
  y <- field(points, "y"); v <- field(points, "v"); df <- field(points, "df")
  all <- if (length(y) > 2) drawn_together(y, v)
  above <- if (!is.null(all)) p.adjust(2 * pt(-abs(all$z[1, ]), df), "holm") <= 0.05
  certain <- outer(seq_along(y), seq_along(y), function(i, j) {
    z <- (y[i] - y[j]) / sqrt(v[i] + v[j])
    ifelse(abs(z) > 1.9 & 2 * pt(-abs(z), pmin(df[i], df[j])) * choose(length(y), 2) <= 0.05, sign(z), 0)
  })
  compare("fair tables", paste0("fair.", theirs$name, ".minimum"), fair_from, theirs$minimum)
  compare("fair tables", paste0("fair.", theirs$name, ".mean"), all$mean, theirs$mean)
  compare("fair tables", paste0("fair.", theirs$name, ".between"), if (!is.null(all)) sqrt(all$between), theirs$between)
  compare("fair tables", paste0("fair.", theirs$name, ".too_few"), length(table.$groups) - length(known), length(theirs$too_few))
  compare("fair tables", paste0("fair.", theirs$name, ".groups"), length(known), length(theirs$groups))
  for (group in theirs$groups) {
    k <- match(group$name, unlist(table.$groups[known]))
    half <- qt(0.975, df[k]) * sqrt(v[k])
    ours <- list(n = points[[k]]$n, value = y[k], low = max(y[k] - half, measures[[m]]$low), high = min(y[k] + half, measures[[m]]$high),
      drawn = all$drawn[k], rank_low = 1 + sum(certain[k, ] < 0), rank_high = length(y) - sum(certain[k, ] > 0))
    for (name in names(ours)) compare("fair tables", paste0("fair.", theirs$name, ".", group$name, ".", name), ours[[name]], group[[name]])
    verdict <- if (is.null(all) || !above[k]) "within" else if (all$z[1, k] > 0) "above" else "below"
    compare_word("fair tables", paste0("fair.", theirs$name, ".", group$name, ".verdict"), verdict, group$verdict)
  }
}

# When follow-ups come: binomial given their number, Holm over hours and over weekdays, times the number of the two.
counted <- read.csv(file.path(here, "times.csv"))
done <- if (!times_known || !any(clock)) 0 else sum(counted$cases)
theirs <- report$findings$times
if (!times_known) leave("findings.times", "the days of answers are not told of an anonymous campaign") else
if (done < max(hide_below, 1)) compare("times of follow-ups", "times", 0, length(theirs)) else {
  peaks_of <- function(kind, places) {
    by <- factor(counted[[kind]], levels = places)
    n <- as.vector(tapply(counted$answers, by, sum, default = 0)); c <- as.vector(tapply(counted$cases, by, sum, default = 0))
    open <- which(n >= max(hide_below, 1))
    if (length(open) < 2 || sum(c[open]) == 0) return(list(looked = 0, peaks = list()))
    share <- n[open] / sum(n[open])
    p <- p.adjust(vapply(seq_along(open), function(k) binom.test(c[open[k]], sum(c[open]), share[k], "greater")$p.value, 0), "holm")
    p <- pmin(1, p * sum(clock))
    out <- list()
    for (k in which(p <= 0.05 & c[open] > share * sum(c[open]))) {
      from <- open[k] - 1
      one <- list(kind = kind, from = from, to = from + 1, answers = n[open[k]], cases = c[open[k]],
        expected = share[k] * sum(c[open]), p = p[k])
      last <- if (length(out) > 0) out[[length(out)]]
      if (kind == "hour" && !is.null(last) && last$to == from) {
        for (name in c("answers", "cases", "expected")) one[[name]] <- last[[name]] + one[[name]]
        one$from <- last$from
        one$p <- min(last$p, one$p)
        out[[length(out)]] <- one
      } else out[[length(out) + 1]] <- one
    }
    list(looked = length(open), peaks = out)
  }
  found <- list(if (clock[["hours"]]) peaks_of("hour", 0:23), if (clock[["days"]]) peaks_of("weekday", 0:6))
  compare("times of follow-ups", "times.answers", sum(counted$answers), theirs$answers)
  compare("times of follow-ups", "times.cases", done, theirs$cases)
  compare("times of follow-ups", "times.looked", sum(vapply(found, function(f) if (is.null(f)) 0 else f$looked, 0)), theirs$looked)
  all <- unlist(lapply(found, function(f) f$peaks), recursive = FALSE)
  compare("times of follow-ups", "times.peaks", length(all), length(theirs$peaks))
  for (k in seq_len(min(length(all), length(theirs$peaks)))) {
    compare_word("times of follow-ups", paste0("times.peaks[", k, "].kind"), all[[k]]$kind, theirs$peaks[[k]]$kind)
    for (name in c("from", "to", "answers", "cases", "expected", "p"))
      compare("times of follow-ups", paste0("times.peaks[", k, "].", name), all[[k]][[name]], theirs$peaks[[k]][[name]])
  }
}

# Risk groups: people for whom the condition held in each of the last waves that they answered, and their share of this
# wave's population.
verdicts <- if (file.exists(file.path(here, "risks.csv"))) read_table("risks.csv", "group")
for (theirs in report$findings$risks) {
  own <- verdicts[verdicts$group == theirs$name, ]
  own <- own[order(own$wave), ]
  low <- sum(vapply(split(own$held, own$person), function(held) {
    length(held) >= theirs$waves && all(held[seq_len(theirs$waves)] == 1)
  }, TRUE))
  if (is.null(theirs$why)) {
    compare("risk groups", paste0("risks.", theirs$name, ".people"), if (!isTRUE(theirs$hidden)) low, theirs$people)
    compare("risk groups", paste0("risks.", theirs$name, ".hidden"), low >= 1 && low < hide_below, theirs$hidden)
  }
  if (is.null(theirs$share)) next
  held <- column(S$data, risks[[theirs$name]])
  domain <- !is.na(held)
  compare_estimate("risk groups", paste0("risks.", theirs$name, ".share"), mean_of(held), list(low = 0, high = 1, share = TRUE), theirs$share)
  domain <- rep(TRUE, S$n)
}

# The course over the waves, by weighted least squares: a step before every wave, and this wave against the others.
if (!is.null(report$findings$trend)) {
  theirs <- report$findings$trend
  y <- vapply(theirs$waves, function(w) w$value, 0); se <- vapply(theirs$waves, function(w) w$standard_error, 0)
  n <- length(y)
  value_of <- function(w) at_wave(w, function() {
    e <- score(main_name)
    c(e$value, sqrt(variance(e, w$finite_correction)$value))
  })
  all <- c(older, before, this)
  names(all) <- vapply(all, function(w) w$campaign, "")
  for (k in seq_len(n)) {
    if (is.null(all[[past$name[k]]])) { leave(paste0("trend.waves.", past$name[k]), "this export was made without that wave"); next }
    own <- value_of(all[[past$name[k]]])
    compare("trend", paste0("trend.waves.", past$name[k], ".value"), own[1], y[k])
    compare("trend", paste0("trend.waves.", past$name[k], ".standard_error"), own[2], se[k])
  }
  line <- n > 4
  compare_word("trend", "trend.course", if (line) "trend" else "level", theirs$course)
  step_at <- function(k) {
    after <- as.numeric(seq_len(n) >= k)
    fit <- if (line) lm(y ~ I(past$at - mean(past$at)) + after, weights = 1 / se^2) else lm(y ~ after, weights = 1 / se^2)
    error <- sqrt(summary(fit)$cov.unscaled["after", "after"])
    list(wave = past$name[k], height = coef(fit)[["after"]], standard_error = error, p = 2 * pnorm(-abs(coef(fit)[["after"]] / error)))
  }
  side <- if (line) 2 else 1
  steps <- lapply((side + 1):(n - side + 1), step_at)
  p <- p.adjust(vapply(steps, function(s) s$p, 0), "holm")
  for (k in seq_along(steps)) steps[[k]]$p <- min(1, 2 * p[k])
  last <- step_at(n)
  last$p <- min(1, 2 * last$p)
  told <- function(s) s$p <= 0.05
  compare_steps <- function(where, ours, all) {
    compare("trend", paste0(where, ".number"), length(ours), length(all))
    for (k in seq_len(min(length(ours), length(all)))) {
      compare_word("trend", paste0(where, "[", k, "].wave"), ours[[k]]$wave, all[[k]]$wave)
      for (name in c("height", "standard_error", "p")) compare("trend", paste0(where, "[", k, "].", name), ours[[k]][[name]], all[[k]][[name]])
    }
  }
  compare_steps("trend.breaks", Filter(told, steps), theirs$breaks)
  compare_steps("trend.last", Filter(told, list(last)), if (is.null(theirs$last)) list() else list(theirs$last))
}
