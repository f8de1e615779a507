# ---- 7. Tests ----------------------------------------------------------------------------------
#
# A comparison is an estimate less another one with its test by Student's t, its size (Cohen's d, 1988) and, where no
# difference is shown, the smallest that four in five such comparisons would have shown (noncentral t).

# Of a whole wave: units (clusters) less strata.
degrees_of_all <- function(S, finite) degrees(S, S$start > 0, finite)

t_test <- function(value, v, df) {
  if (is.null(v) || is.na(v) || v <= 0 || is.na(df) || df <= 0) return(NULL)
  se <- sqrt(v)
  list(standard_error = se, df = df, p = 2 * pt(-abs(value / se), df),
    low = value - qt(0.975, df) * se, high = value + qt(0.975, df) * se)
}

smallest_of <- function(se, df) {
  if (is.null(se) || is.na(se) || se <= 0 || df <= 0) return(NULL)
  t <- qt(0.975, df)
  power <- function(ncp) pt(t, min(df, 1e6), ncp, lower.tail = FALSE) - 0.8
  uniroot(power, c(0, 2 * t + 20), tol = 1e-13)$root * se
}

in_a_word <- function(size, from) {
  if (is.null(size)) return(NULL)
  c("negligible", "small", "medium", "large")[1 + sum(abs(size) >= from - 1e-9)]
}
d_words <- c(0.2, 0.5, 0.8)
w_words <- c(0.1, 0.3, 0.5)

# Variance between people behind an estimate, and their number.
spread_of <- function(S, e) {
  w <- S$w[e$member]
  n <- sum(w > 0)
  if (n < 2 || sum(w) <= 0) return(NULL)
  list(v = sum(w * (e$z[e$member] * sum(w))^2) / sum(w) * n / (n - 1), n = n)
}
pooled <- function(...) {
  known <- list(...)
  if (any(vapply(known, is.null, TRUE))) return(NULL)
  below <- vapply(known, function(s) s$n - 1, 0)
  v <- sum(vapply(known, function(s) s$v, 0) * below) / sum(below)
  if (v > 0) sqrt(v)
}
# A side without spread says nothing: its part of the error would be zero.
tells <- function(S, e) {
  if (!is.null(e$quantile) && is.na(e$quantile$density)) return(FALSE)
  s <- spread_of(S, e)
  !is.null(s) && sqrt(s$v) > 1e-12 * max(abs(e$value), 1e-300)
}

none <- function(e) is.null(e) || is.na(e$value)

# One estimate (of study S2) less another (of S1); `test` gives the t test where both sides tell something.
contrast <- function(second, S2, first, S1, test) {
  difference <- second$value - first$value
  found <- if (tells(S2, second) && tells(S1, first)) test()
  deviation <- if (!is.null(found)) pooled(spread_of(S2, second), spread_of(S1, first))
  size <- if (!is.null(deviation)) difference / deviation
  c(list(value = second$value, other = first$value, n = sum(second$member), n_other = sum(first$member),
    difference = difference, size = size, magnitude = in_a_word(size, d_words)), found)
}

# Up to ten tests Holm, more Benjamini and Hochberg.
adjust_together <- function(p) {
  how <- if (sum(!is.na(p)) <= 10) "holm" else "benjamini_hochberg"
  list(tests = sum(!is.na(p)), adjustment = how, p = p.adjust(p, if (how == "holm") "holm" else "BH"))
}

compare_family <- function(section, where, ours, theirs) {
  compare(section, paste0(where, ".tests"), ours$tests, theirs$tests)
  compare_word(section, paste0(where, ".adjustment"), ours$adjustment, theirs$adjustment)
}

# Contrasts that are judged together; `make` reckons the k-th, unless the report hides it.
compare_contrasts <- function(section, where, make, theirs, family = NULL) {
  ours <- lapply(seq_along(theirs), function(k) if (!identical(theirs[[k]]$reason, "hidden")) make(k))
  p <- vapply(ours, function(o) if (is.null(o$p)) NA_real_ else o$p, 0)
  judged <- adjust_together(p)
  for (k in seq_along(theirs)) {
    if (identical(theirs[[k]]$reason, "hidden")) { hide(section); next }
    o <- ours[[k]]
    if (!is.na(p[k])) {
      o$p_adjusted <- judged$p[k]
      o$outcome <- if (judged$p[k] >= 0.05) "not_shown" else if (o$difference > 0) "higher" else "lower"
      if (o$outcome == "not_shown") o$smallest <- smallest_of(o$standard_error, o$df)
    } else o$outcome <- "not_tested"
    for (name in c("value", "other", "n", "n_other", "difference", "standard_error", "df", "low", "high", "p", "p_adjusted",
      "size", "smallest")) compare(section, paste0(where[k], ".", name), o[[name]], theirs[[k]][[name]])
    for (name in c("magnitude", "outcome")) compare_word(section, paste0(where[k], ".", name), o[[name]], theirs[[k]][[name]])
  }
  if (!is.null(family)) compare_family(section, paste0(where[1], " and its like"), judged, family)
}

# An estimate and a figure: size, and what could have been seen where it is open.
compare_distance <- function(section, where, e, figure, ours, theirs, open) {
  deviation <- if (!none(e) && !is.null(ours$value)) pooled(spread_of(S, e))
  size <- if (!is.null(deviation)) (e$value - figure) / deviation
  compare(section, paste0(where, ".size"), size, theirs$size)
  compare_word(section, paste0(where, ".magnitude"), in_a_word(size, d_words), theirs$magnitude)
  compare(section, paste0(where, ".smallest"), if (open) smallest_of(ours$se, ours$df), theirs$smallest)
}

# Covariances of estimates, one a column of Z, all over the same members; nothing where they can't be told.
covariances <- function(Z, member, finite) {
  reached <- unique(S$data$cell.[if (S$adjusted) rep(TRUE, S$n) else member])
  several <- function(cell) sum(S$cells$cell == cell) > 1
  by_hand <- S$two_phase || S$response_classes || length(S$margins) > 0
  T. <- S$start * (if (by_hand) apply(Z, 2, carried) else Z)
  if (S$two_phase || S$second) {
    out <- Reduce(`+`, lapply(reached, function(cell) {
      if (finite && is_alone(cell)) matrix(0, ncol(Z), ncol(Z)) else if (several(cell)) of_two_phases_together(T., cell, finite) else of_one_phase_together(T., cell, finite)
    }))
  } else {
    design <- if (finite) S$design else S$design_without_fpc
    Y <- if (S$response_classes) apply(Z, 2, carried) else Z
    colnames(Y) <- paste0("z", seq_len(ncol(Y)), ".")
    design$variables <- cbind(design$variables, Y)
    if (!S$adjusted) design <- subset(design, member)
    out <- unname(as.matrix(vcov(svytotal(as.formula(paste("~", paste(colnames(Y), collapse = " + "))), design))))
  }
  drop_rounding <- function(V) {
    if (is.null(V)) return(NULL)
    noise <- sqrt(pmax(diag(V), 0)) <= 1e-12 * colSums(abs(S$w * Z))
    V[noise, ] <- 0
    V[, noise] <- 0
    V
  }
  out <- drop_rounding(out)
  alone <- vapply(reached, has_no_error, TRUE, finite)
  if (!any(alone)) return(out)
  strata <- length(reached)
  drop_rounding(switch(S$single,
    unknown = NULL,
    certainty = out,
    average = if (strata > sum(alone)) out * strata / (strata - sum(alone)),
    adjust = {
      centre <- colSums(T.[S$data$cell. %in% reached, , drop = FALSE]) / sum(S$size)
      for (cell in reached[alone]) {
        N <- S$data$population.[S$data$cell. == cell][1]
        f <- if (is.na(N)) 0 else 1 / N
        off <- colSums(T.[S$data$cell. == cell, , drop = FALSE]) - centre
        out <- out + (if (finite) 1 - f else 1) * outer(off, off)
      }
      out
    }))
}

of_one_phase_together <- function(T., cell, finite) {
  inside <- S$data$cell. == cell
  n <- S$size[[cell]]; f <- taken_of(cell)
  x <- rowsum(T.[inside, , drop = FALSE], S$data$cluster.[inside])
  mean <- colSums(x) / n
  between <- if (n < 2) matrix(0, ncol(T.), ncol(T.)) else
    n / (n - 1) * (crossprod(sweep(x, 2, mean)) + (n - nrow(x)) * outer(mean, mean))
  if (!finite) return(between)
  second <- lapply(classes_within(cell), function(rows) {
    own <- T.[rows, , drop = FALSE]
    missing_of(rows) * crossprod(sweep(own, 2, colMeans(own)))
  })
  Reduce(`+`, lapply(second, function(v) f * v), (1 - f) * between)
}

of_two_phases_together <- function(T., cell, finite) {
  classes <- S$cells[S$cells$cell == cell, ]
  inside <- S$data$cell. == cell
  m <- sum(classes$invited); N <- classes$population[1]
  share <- classes$invited / m
  part <- lapply(seq_len(nrow(classes)), function(k) {
    r <- classes$answered[k]
    x <- T.[inside & S$data$design.class == classes$class[k], , drop = FALSE] * r / share[k]
    s2 <- if (r > 1) cov(x) else matrix(0, ncol(T.), ncol(T.))
    list(mean = if (r > 0) colSums(x) / r else rep(0, ncol(T.)), s2 = s2,
      u = if (r > 0) max(0, 1 - r / classes$invited[k]) * s2 / r else s2)
  })
  overall <- Reduce(`+`, Map(function(p, a) a * p$mean, part, share))
  second <- Reduce(`+`, Map(function(p, a) a^2 * p$u, part, share))
  spread <- Reduce(`+`, Map(function(p, a, i) {
    (i - 1) * p$s2 + i * outer(p$mean - overall, p$mean - overall) - i * (1 - a) * p$u
  }, part, share, classes$invited))
  # A share whose spread would be below zero has none, and nothing in common with others.
  bad <- diag(spread) < 0
  spread[bad, ] <- 0
  spread[, bad] <- 0
  taken <- if (is.na(N)) 0 else if (N > 0) min(1, m / N) else 1
  second + (if (finite) 1 - taken else 1) * spread / (m - 1) / m
}

# Rao and Scott's (1984) second-order F test: survey's own where the design is plain, else the same by hand.
table_test <- function(group, answer) {
  member <- !is.na(group) & !is.na(answer) & S$answered
  n <- sum(member)
  out <- list(n = n, groups = length(unique(group[member])))
  rows <- sort(unique(group[member])); columns <- sort(unique(answer[member]))
  if (n < 2 || length(rows) < 2 || length(columns) < 2) return(out)
  alone <- vapply(unique(S$data$cell.[member]), function(cell) S$size[[cell]] < 2 || is_alone(cell), TRUE)
  w <- S$w * member
  p <- vapply(columns, function(c) vapply(rows, function(r) sum(w[member & group == r & answer == c]), 0), rows + 0) / sum(w)
  expected <- outer(rowSums(p), colSums(p))
  if (!all(expected > 0)) return(out)
  pearson <- n * sum((p - expected)^2 / expected)
  plain <- !S$adjusted && !S$two_phase && !S$second && !any(alone)
  df <- degrees(S, member, finite_correction)
  if (plain) {
    design <- if (finite_correction) S$design else S$design_without_fpc
    design$variables$group. <- factor(group)
    design$variables$answer. <- factor(answer)
    found <- suppressWarnings(svychisq(~ group. + answer., subset(design, member), statistic = "F"))
    f <- unname(found$statistic); df1 <- unname(found$parameter[1]); df2 <- unname(found$parameter[2])
    if (is.null(found$p.value) || !is.finite(f)) return(out)
  } else {
    places <- expand.grid(r = rows, c = columns)
    Z <- mapply(function(r, c, share) ifelse(member, ((group == r & answer == c) %in% TRUE) - share, 0) / sum(w),
      places$r, places$c, as.vector(p))
    V <- covariances(Z, member, finite_correction)
    if (is.null(V)) return(out)
    inverse <- diag(ifelse(as.vector(p) > 0, 1 / as.vector(p), 0))
    main <- model.matrix(~ factor(r) + factor(c), places)
    both <- model.matrix(~ factor(r) * factor(c), places)
    C <- qr.resid(qr(main), both[, -seq_len(ncol(main)), drop = FALSE])
    D <- tryCatch(solve(t(C) %*% inverse %*% C / n, t(C) %*% inverse %*% V %*% inverse %*% C), error = function(e) NULL)
    if (is.null(D) || sum(diag(D)) <= 0) return(out)
    f <- pearson / sum(diag(D)); df1 <- sum(diag(D))^2 / sum(diag(D %*% D)); df2 <- df1 * df
  }
  if (!is.finite(f) || df <= 0) return(out)
  size <- sqrt(pearson / n)
  c(out, list(f = f, df1 = df1, df2 = df2, p = pf(f, df1, df2, lower.tail = FALSE), size = size,
    magnitude = in_a_word(size, w_words)))
}
