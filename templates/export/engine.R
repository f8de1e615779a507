# ---- 3. Design ---------------------------------------------------------------------------------
#
# A study is a table of units with their design. Units are the respondents, in order, and after them
# people who were drawn and did not answer where answers were collected elsewhere and weighted for that.

options(survey.lonely.psu = "certainty") # what a stratum with a single unit contributes is added below

column <- function(data, name) if (name %in% names(data)) data[[name]] else rep(NA_real_, nrow(data))

# Base design: strata are the cells, sampled without replacement where their population is known.
# The sampling fraction counts those who answered, so it is that of the sample that there is.
declare <- function(units, weight, finite) {
  units$w. <- weight
  units$size. <- ave(units$cluster., units$cell., FUN = function(x) length(unique(x)))
  units$fpc. <- ifelse(is.na(units$population.), Inf, pmax(units$population., units$size.))
  fpc <- if (finite && any(is.finite(units$fpc.))) ~fpc. else NULL
  svydesign(ids = ~cluster., strata = ~cell., fpc = fpc, weights = ~w., data = units, nest = TRUE)
}

study_of <- function(units, cells, calibration = list(margins = character(0)), single = "unknown") {
  n <- nrow(units)
  units$cell. <- units$design.cell
  units$population. <- units$design.population
  units$cluster. <- if (all(is.na(column(units, "design.cluster")))) seq_len(n) else units$design.cluster
  s <- list(data = units, n = n, cells = cells, single = single)
  s$answered <- units$resp.role != 2
  s$w <- units$weight.final
  s$raised <- units$weight.nonresponse
  s$base <- units$weight.base
  # Two phases: within a cell the invited are divided into classes, and some of each class answer.
  s$two_phase <- any(table(cells$cell) > 1)
  s$second <- FALSE
  # Everybody of a class stands for those of it who did not answer, by the weights of the file.
  s$response_classes <- isTRUE(calibration$response_classes)
  s$start <- if (s$response_classes) s$base else s$raised
  s$margins <- calibration$margins
  s$adjusted <- length(s$margins) > 0 || s$response_classes
  # Weights that were cut and rest on no margin are taken as they are.
  if (length(s$margins) == 0 && !s$response_classes) s$start <- s$w
  if (n == 0) return(s)
  s$size <- tapply(units$cluster., units$cell., function(x) length(unique(x)))
  # Drawn clusters of which not everybody answered; some may have nobody who did.
  s$second <- any(!is.na(column(units, "design.class_invited")))
  if (s$second) s$size <- pmax(s$size, tapply(cells$invited, cells$cell, sum)[names(s$size)])
  for (finite in c(TRUE, FALSE)) {
    base <- declare(units, s$start, finite)
    if (length(s$margins) > 0 && !s$response_classes) base <- calibrated(base, s, calibration)
    s[[if (finite) "design" else "design_without_fpc"]] <- base
  }
  s
}

# Raking, by survey's own function: several margins, or one (post-stratification). Weights that were cut, and
# margins that can't all be met, are no fixed point of raking; then the design is told the weights that came of it.
calibrated <- function(base, s, calibration) {
  if (calibration$by_survey) {
    formula <- as.formula(paste("~", paste0("factor(", s$margins, ")", collapse = " + ")))
    x <- model.matrix(formula, model.frame(formula, s$data))
    targets <- c("(Intercept)" = sum(calibration$targets[[1]]))
    for (k in seq_along(s$margins)) {
      t <- calibration$targets[[k]]
      names(t) <- paste0("factor(", s$margins[k], ")", seq_along(t))
      targets <- c(targets, t[-1])
    }
    done <- tryCatch(calibrate(base, formula, targets[colnames(x)], calfun = "raking", epsilon = 1e-13, maxit = 500),
      error = function(e) NULL, warning = function(e) NULL)
    if (!is.null(done)) return(done)
  }
  # What `calibrate` would note: the regression on the margins by the weights before, and the weights after.
  x <- do.call(cbind, lapply(s$margins, function(m) outer(s$data[[m]], sort(unique(s$data[[m]])), "==") + 0))
  root <- sqrt(s$raised)
  factor <- ifelse(s$raised > 0, s$w / s$raised, 1)
  note <- list(qr = qr(x * root, tol = 1e-9), w = ifelse(root > 0, factor * root, 1), stage = 0, index = NULL)
  class(note) <- "greg_calibration"
  base$prob <- 1 / s$w
  base$postStrata <- c(base$postStrata, list(note))
  base
}

# ---- 4. Estimates and their errors -------------------------------------------------------------
#
# An estimate is a smooth function of weighted totals. It carries its influence values z: the derivative by each
# unit's weight, zero outside of its domain (Deville 1999; Lumley 2010, ch. 2). Its variance is that of the
# weighted total of z under the design. Formulas over estimates follow by the chain rule.

estimate <- function(value, z, member) structure(list(value = value, z = z, member = member), class = "estimate")

Ops.estimate <- function(e1, e2) {
  if (missing(e2)) { e2 <- e1; e1 <- 0 }
  if (is.null(e1) || is.null(e2)) return(NULL)
  number <- function(e) if (inherits(e, "estimate")) e else estimate(e, rep(0, S$n), rep(FALSE, S$n))
  a <- number(e1); b <- number(e2)
  slope <- switch(.Generic, "+" = c(1, 1), "-" = c(1, -1), "*" = c(b$value, a$value),
    "/" = c(1 / b$value, -a$value / b$value^2))
  value <- get(.Generic)(a$value, b$value)
  if (!all(is.finite(c(value, slope)))) return(no_estimate())
  x <- slope[1] * a$z
  y <- slope[2] * b$z
  # Where they cancel, rounding must not look like spread.
  estimate(value, ifelse(abs(x + y) <= 1e-12 * (abs(x) + abs(y)), 0, x + y), a$member | b$member)
}

no_estimate <- function() estimate(NA_real_, rep(0, S$n), rep(FALSE, S$n))

# A mean over those of the domain who have a value: the ratio of two totals.
mean_of <- function(y) {
  member <- domain & S$answered & !is.na(y)
  people <- sum(S$w[member])
  if (!any(member) || people <= 0) return(no_estimate())
  # It lies among the values; where all are alike, rounding must not look like spread.
  value <- min(max(sum(S$w[member] * y[member]) / people, min(y[member])), max(y[member]))
  estimate(value, ifelse(member, (y - value) / people, 0), member)
}

# A quantile by the inverse of the weighted distribution function, with Woodruff's interval. Its influence values are
# those of the share at or below over the density that the interval implies without correction (Francisco & Fuller 1991).
inverse_of <- function(y, w) {
  o <- order(y)
  x <- y[o]; reached <- cumsum(w[o]); all <- sum(w)
  function(p) {
    if (is.na(p) || p < 0 || p > 1) return(NA)
    # Half of the weight is half also where sums of weights round it.
    x[min(sum(reached < p * all - 1e-12 * all) + 1, length(x))]
  }
}
quantile_of <- function(y, p) {
  member <- domain & S$answered & !is.na(y) & S$w > 0
  if (!any(member)) return(no_estimate())
  at <- inverse_of(y[member], S$w[member])
  value <- at(p)
  member <- domain & S$answered & !is.na(y)
  share <- mean_of((y <= value) + 0)
  v <- variance(share, FALSE)$value
  df <- degrees(S, member, FALSE)
  density <- NA
  if (!is.na(v) && v > 0 && df > 0) {
    ends <- vapply(share$value + c(-1, 1) * qt(0.975, df) * sqrt(v), at, 0)
    if (!any(is.na(ends)) && ends[2] > ends[1]) density <- 2 * qt(0.975, df) * sqrt(v) / (ends[2] - ends[1])
  }
  e <- estimate(value, if (is.na(density)) -share$z else -share$z / density, member)
  first <- S$w[member][order(y[member])][1] / sum(S$w[member])
  e$quantile <- list(at = at, share = share, density = density, y = y, p = p, first = first)
  e
}

total <- function(y) {
  member <- domain & S$answered & !is.na(y)
  if (!any(member)) return(no_estimate())
  estimate(sum(S$w[member] * y[member]), ifelse(member, y, 0), member)
}

on_scale <- function(share) scale_low + (scale_high - scale_low) * share
nps <- function(x) mean_of(ifelse(x >= 9, 100, ifelse(x >= 7, 0, -100)))
top2 <- function(x, from) on_scale(mean_of((x >= from) + 0))
yes <- function(x) on_scale(mean_of(x))
share <- function(x) on_scale(mean_of(x))
count <- function(x = rep(1, S$n)) total(x)
ratio <- function(over, under) {
  both <- !is.na(over) & !is.na(under)
  total(ifelse(both, over, NA)) / total(ifelse(both, under, NA))
}
score <- function(name) {
  m <- measures[[name]]
  if (!is.null(m$column)) return(mean_of(S$data[[m$column]]))
  e <- eval(m$formula, S$data, globalenv())
  if (inherits(e, "estimate")) e else estimate(e, rep(0, S$n), rep(FALSE, S$n))
}

# Brings influence values back to the weights before the classes' and the margins' adjustments: whoever answered has
# A/B (z - zbar) + zbar, whoever did not has zbar, with A the weight of a class and B that of those of it who answered.
carried <- function(z) {
  if (length(S$margins) > 0) {
    x <- do.call(cbind, lapply(S$margins, function(m) outer(S$data[[m]], sort(unique(S$data[[m]])), "==") + 0))
    root <- sqrt(S$raised)
    z <- ifelse(root > 0, qr.resid(qr(x * root, tol = 1e-9), z * root) / root, 0)
  }
  if (S$adjusted) z <- ifelse(S$raised > 0, z * S$w / S$raised, 0)
  if (S$response_classes) {
    class <- S$data$design.class
    all <- ave(S$base, class, FUN = sum)
    here <- ave(S$base * S$answered, class, FUN = sum)
    mean <- ave(S$base * z, class, FUN = sum) / here
    z <- ifelse(here <= 0, 0, ifelse(S$answered, all / here * (z - mean) + mean, mean))
  }
  z
}

# Double sampling for stratification (Rao 1973; Cochran 1977, ch. 12; Saerndal et al. 1992, ch. 9): m of N are drawn and
# divided into classes, r of the m of each class answer. docs/statistics.md, "Non-response", derives it.
of_two_phases <- function(t, cell, finite) {
  classes <- S$cells[S$cells$cell == cell, ]
  inside <- S$data$cell. == cell
  m <- sum(classes$invited); N <- classes$population[1]
  share <- classes$invited / m
  part <- lapply(seq_len(nrow(classes)), function(k) {
    x <- t[inside & S$data$design.class == classes$class[k]] * classes$answered[k] / share[k]
    r <- classes$answered[k]
    s2 <- if (r > 1) sum((x - mean(x))^2) / (r - 1) else 0
    c(mean = sum(x) / r, s2 = s2, u = max(0, 1 - r / classes$invited[k]) * s2 / r)
  })
  part <- do.call(rbind, part)
  overall <- sum(share * part[, "mean"])
  between <- sum(classes$invited * (part[, "mean"] - overall)^2)
  excess <- sum(classes$invited * (1 - share) * part[, "u"])
  spread <- max(0, (sum((classes$invited - 1) * part[, "s2"]) + between - excess) / (m - 1))
  taken <- if (is.na(N)) 0 else if (N > 0) min(1, m / N) else 1
  sum(share^2 * part[, "u"]) + (if (finite) 1 - taken else 1) * spread / m
}

# The ordinary cell: a simple random sample of units or clusters. Clusters without an answer are zero.
of_one_phase <- function(t, cell, finite) {
  inside <- S$data$cell. == cell
  n <- S$size[[cell]]; f <- taken_of(cell)
  x <- tapply(t[inside], S$data$cluster.[inside], sum)
  mean <- sum(x) / n
  between <- if (n < 2) 0 else n / (n - 1) * (sum((x - mean)^2) + (n - length(x)) * mean^2)
  if (!finite) between else (1 - f) * between + f * of_second_stage(t, cell)
}

# The part of the population's units (clusters) that was taken.
taken_of <- function(cell) {
  N <- S$data$population.[S$data$cell. == cell][1]
  if (is.na(N)) 0 else if (N > 0) min(1, S$size[[cell]] / N) else 1
}

# Of the invited people of drawn clusters some of each class answered: Saerndal et al. (1992, eq. 4.3.21).
classes_within <- function(cell) {
  inside <- S$data$cell. == cell & S$answered & !is.na(column(S$data, "design.class_invited"))
  if (S$second && any(inside)) split(which(inside), S$data$design.class[inside]) else list()
}
missing_of <- function(rows) {
  m <- S$data$design.class_invited[rows[1]]; r <- S$data$design.class_answered[rows[1]]
  if (r >= m) 0 else if (r < 2) NA else (1 - r / m) * r / (r - 1)
}
of_second_stage <- function(t, cell) {
  sum(vapply(classes_within(cell), function(rows) missing_of(rows) * sum((t[rows] - mean(t[rows]))^2), 0))
}
# A single one of several answered.
is_alone <- function(cell) any(is.na(vapply(classes_within(cell), missing_of, 0)))
is_missing <- function(cell) any(vapply(classes_within(cell), missing_of, 0) != 0, na.rm = TRUE) || is_alone(cell)

is_full <- function(cell) {
  classes <- S$cells[S$cells$cell == cell, ]
  N <- classes$population[1]
  if (is.na(N)) return(FALSE)
  if (nrow(classes) > 1) return((N <= 0 || sum(classes$invited) >= N) && all(classes$answered >= classes$invited))
  (N <= 0 || S$size[[cell]] >= N) && !is_missing(cell)
}

# A single unit of a cell that is more, or a single one of several who answered.
has_no_error <- function(cell, finite) {
  one <- sum(S$cells$cell == cell) == 1 && S$size[[cell]] < 2 && !(finite && taken_of(cell) >= 1)
  one || (finite && is_alone(cell))
}

variance <- function(e, finite) {
  z <- e$z
  by_hand <- S$two_phase || S$response_classes
  back <- if (by_hand || length(S$margins) > 0) carried(z) else z
  reached <- unique(S$data$cell.[if (S$adjusted) rep(TRUE, S$n) else e$member])
  if (!any(e$member)) return(list(value = NA, census = FALSE))
  several <- function(cell) sum(S$cells$cell == cell) > 1
  if (S$two_phase || S$second) {
    t <- S$start * back
    sum_v <- sum(vapply(reached, function(cell) {
      if (finite && is_alone(cell)) 0 else if (several(cell)) of_two_phases(t, cell, finite) else of_one_phase(t, cell, finite)
    }, 0))
  } else {
    design <- if (finite) S$design else S$design_without_fpc
    design$variables$z. <- if (S$response_classes) back else z
    if (!S$adjusted) design <- subset(design, e$member)
    sum_v <- as.numeric(vcov(svytotal(~z., design)))
  }
  full <- vapply(reached, is_full, TRUE)
  alone <- vapply(reached, has_no_error, TRUE, finite)
  # Where all answers are alike only rounding is left.
  rounded <- function(v) if (!is.na(v) && sqrt(v) <= 1e-12 * sum(abs(S$w * z))) 0 else v
  sum_v <- rounded(sum_v)
  if (any(alone)) {
    t <- S$start * back
    strata <- length(reached)
    sum_v <- switch(S$single,
      unknown = NA,
      certainty = sum_v,
      average = if (strata > sum(alone)) sum_v * strata / (strata - sum(alone)) else NA,
      adjust = {
        centre <- sum(t[S$data$cell. %in% reached]) / sum(S$size)
        sum_v + sum(vapply(reached[alone], function(cell) {
          N <- S$data$population.[S$data$cell. == cell][1]
          f <- if (is.na(N)) 0 else 1 / N
          (if (finite) 1 - f else 1) * (sum(t[S$data$cell. == cell]) - centre)^2
        }, 0))
      })
  }
  list(value = rounded(sum_v), census = all(full))
}

# Degrees of freedom: units (clusters) less cells. With correction, people count in cells of which all clusters are there.
degrees <- function(S, member, finite) {
  parts <- split(which(member), S$data$cell.[member])
  sum(vapply(names(parts), function(cell) {
    rows <- parts[[cell]]
    by_people <- finite && S$second && taken_of(cell) >= 1 && is_missing(cell)
    (if (by_people) sum(S$answered[rows]) else length(unique(S$data$cluster.[rows]))) - 1
  }, 0))
}

# ---- 5. Intervals ------------------------------------------------------------------------------
#
# Student's t for means; for shares Wilson's interval with p(1-p)/v, at most n, as its number of answers.

wilson <- function(p, v, n, df) {
  if (df < 1) return(c(NA, NA))
  t <- qt(0.975, df)
  p <- min(max(p, 0), 1)
  size <- if (v > 0 && p * (1 - p) > 1e-12) min(p * (1 - p) / v, n) else n
  centre <- (p + t^2 / (2 * size)) / (1 + t^2 / size)
  half <- t / (1 + t^2 / size) * sqrt(p * (1 - p) / size + t^2 / (4 * size^2))
  c(max(0, centre - half), min(1, centre + half))
}

judged <- function(e, low, high, share, finite) {
  n <- sum(e$member)
  none <- list(value = NULL, n = 0)
  if (n == 0 || is.na(e$value)) return(none)
  v <- variance(e, finite)
  # Everybody of the domain counts, unless fewer than half of it have a value.
  inside <- domain & S$answered
  if (!any(inside) || 2 * n < sum(inside)) inside <- e$member
  df <- degrees(S, inside, finite)
  census <- finite && v$census
  se <- sqrt(v$value)
  alike <- !is.na(se) && se == 0 && !census
  if (!is.null(e$quantile)) {
    q <- e$quantile
    v_share <- variance(q$share, finite)$value
    ends <- if (census) c(e$value, e$value)
      else if (is.na(v_share) || v_share <= 0 || df < 1) c(NA, NA)
      else vapply(q$share$value + c(-1, 1) * qt(0.975, df) * sqrt(v_share), q$at, 0)
    if (any(is.na(ends))) ends <- c(NA, NA)
    # survey's own, where the design is plain, and no end lies within the first answer (there it takes the second).
    low_end <- if (is.na(v_share) || df < 1) 0 else q$share$value - qt(0.975, df) * sqrt(v_share)
    plain <- !census && !S$adjusted && !S$two_phase && !S$second && length(S$size) > 0 && all(S$size > 1)
    if (plain && !any(is.na(ends)) && min(q$p, low_end) > q$first) {
      design <- if (finite) S$design else S$design_without_fpc
      design$variables$y. <- q$y
      found <- svyquantile(~y., subset(design, e$member), q$p, df = df)$y.
      compare("quantiles by svyquantile", "value", found[1], e$value)
      compare("quantiles by svyquantile", "low", found[2], ends[1])
      compare("quantiles by svyquantile", "high", found[3], ends[2])
    }
    length <- ends[2] - ends[1]
    se <- if (is.na(length) || (length <= 0 && !census)) NA else length / (2 * (if (df < 1) 1 else qt(0.975, df)))
    return(list(value = e$value, n = n, se = se, df = df, ends = ends, v = NA))
  }
  ends <- if (is.na(se)) c(NA, NA)
    else if (census) e$value + c(-se, se)
    else if (share && high > low) {
      low + (high - low) * wilson((e$value - low) / (high - low), (se / (high - low))^2, n, df)
    }
    else if (!alike && df > 0) e$value + c(-1, 1) * qt(0.975, df) * se
    else c(NA, NA)
  list(value = e$value, n = n, se = se, df = df, ends = ends, v = v$value)
}

# An estimate as the report prints it.
printed <- function(e, low = -Inf, high = Inf, share = FALSE) {
  j <- judged(e, low, high, share, TRUE)
  if (is.null(j$value)) return(list(n = 0))
  w <- S$w[e$member]; z <- e$z[e$member]
  simple <- sum(w) * sum(w * z^2) / (j$n - 1)
  # Weights that add up to about n say nothing of the population's size.
  sized <- all(!is.na(S$cells$population)) || sum(w) > 1.5 * j$n
  keep <- if (sized && j$n < sum(w)) 1 - j$n / sum(w) else 1
  deff <- if (j$n > 1 && is.finite(simple) && simple > 0) j$v / simple else NA
  cut <- function(x) min(max(x, low), high)
  list(value = j$value, n = j$n, n_effective = sum(w)^2 / sum(w^2), standard_error = j$se,
    design_effect = deff / keep, design_effect_replace = deff, df = j$df,
    low = if (is.na(j$ends[1])) NA else cut(j$ends[1]), high = if (is.na(j$ends[2])) NA else cut(j$ends[2]))
}
