# Drivers: R squared of weighted correlations divided by LMG (Lindeman, Merenda & Gold 1980) and by Johnson's (2000) weights.

lmg_of <- function(R) {
  p <- ncol(R) - 1
  r2 <- vapply(seq_len(2^p) - 1, function(set) {
    inside <- which(bitwAnd(set, 2^(seq_len(p) - 1)) > 0) + 1
    if (length(inside) == 0) 0 else sum(R[1, inside] * solve(R[inside, inside], R[inside, 1]))
  }, 0)
  sets <- seq_len(2^p) - 1
  size <- vapply(sets, function(set) sum(bitwAnd(set, 2^(seq_len(p) - 1)) > 0), 0)
  vapply(seq_len(p), function(k) {
    without <- sets[bitwAnd(sets, 2^(k - 1)) == 0]
    sum((r2[without + 2^(k - 1) + 1] - r2[without + 1]) / (p * choose(p - 1, size[without + 1])))
  }, 0)
}
johnson_of <- function(R) {
  e <- eigen(R[-1, -1, drop = FALSE], symmetric = TRUE)
  root <- function(power) e$vectors %*% (pmax(e$values, 0)^power * t(e$vectors))
  as.vector(root(0.5)^2 %*% (root(-0.5) %*% R[-1, 1])^2)
}

# The bootstrap over the design (Rao & Wu 1988, rescaled): in a cell n - 1 of its n units are drawn with replacement. Every
# replicate has the next stream of L'Ecuyer's generator, which R has built in.
replicates_of <- function(count, width, one) {
  rows <- lapply(unique(S$cells$cell), function(cell) which(S$data$cell. == cell))
  cells <- lapply(rows, function(own) unname(split(own, S$data$cluster.[own])))
  cells <- cells[lengths(cells) > 1]
  kind <- RNGkind("L'Ecuyer-CMRG")
  on.exit(RNGkind(kind[1]))
  state <- c(get(".Random.seed", globalenv())[1], as.integer(ifelse(seed >= 2^31, seed - 2^32, seed)))
  matrix(vapply(seq_len(count), function(r) {
    state <<- parallel::nextRNGStream(state)
    assign(".Random.seed", state, globalenv())
    w <- S$w
    for (units in cells) {
      n <- length(units)
      drawn <- tabulate(floor(runif(n - 1) * n) + 1, n)
      own <- unlist(units)
      w[own] <- w[own] * rep(drawn, lengths(units)) * (n / (n - 1))
    }
    one(w)
  }, numeric(width)), ncol = width, byrow = TRUE)
}

# What a variable leaves of correlations, of many matrices at once: a row a matrix, the outcome first.
without <- function(A, m, k) {
  column <- A[, seq_len(m) + k * m, drop = FALSE]
  A - column[, rep(seq_len(m), m), drop = FALSE] * column[, rep(seq_len(m), each = m), drop = FALSE] / A[, k * m + k + 1]
}

# LMG of many matrices at once: every set of drivers comes from a smaller one by taking one more out.
lmg_of_all <- function(A, m) {
  p <- m - 1
  weight <- 1 / (p * choose(p - 1, seq_len(p) - 1))
  out <- matrix(0, nrow(A), p)
  visit <- function(A, inside, from) {
    size <- sum(inside)
    own <- if (size == 0) -weight[1] else ifelse(inside, weight[size], if (size < p) -weight[size + 1] else 0)
    out <<- out + outer(1 - A[, 1], rep_len(own, p))
    if (from <= p) for (k in from:p) visit(without(A, m, k), replace(inside, k, TRUE), k + 1)
  }
  visit(A, rep(FALSE, p), 1)
  out
}

# Shares of R squared in every replicate; nothing where it can't be divided.
shares_of_all <- function(X, whole, count) {
  m <- ncol(X)
  X <- X[whole, , drop = FALSE]
  A <- replicates_of(count, m * m, function(w) {
    w <- w[whole]
    if (sum(w > 0) < m + 1) return(rep(NA_real_, m * m))
    mean <- colSums(w * X) / sum(w)
    C <- crossprod(sqrt(w / sum(w)) * sweep(X, 2, mean))
    if (any(diag(C) <= 1e-24 * (1 + mean^2))) rep(NA_real_, m * m) else as.vector(cov2cor(C))
  })
  rest <- A; known <- !is.na(A[, 1])
  for (k in seq_len(m - 1)) {
    known <- known & (rest[, k * m + k + 1] > 1e-11) %in% TRUE
    rest <- without(rest, m, k)
  }
  r2 <- pmin(1, pmax(0, 1 - rest[, 1]))
  known <- known & (r2 > 1e-12) %in% TRUE
  A <- A[known, , drop = FALSE]
  if (nrow(A) == 0) return(A)
  parts <- if (m <= 16) lmg_of_all(A, m) else t(apply(A, 1, function(a) johnson_of(matrix(a, m))))
  parts / r2[known]
}

for (k in seq_along(drivers)) {
  clause <- drivers[[k]]
  theirs <- report$findings$drivers[[k]]
  at <- paste0("drivers.", theirs$outcome)
  by <- clause$by
  p <- length(by)
  check <- function(name, ours, figure) compare("drivers", paste0(at, ".", name), ours, figure)
  X <- do.call(cbind, lapply(c(clause$outcome, by), function(name) column(S$data, name)))
  whole <- rowSums(is.na(X)) == 0 & S$answered & S$w > 0
  n <- sum(whole)
  check("respondents", sum(S$answered), theirs$respondents)
  check("complete", if (n == 0 || n >= hide_below) n, theirs$complete)
  performance <- rep(NA_real_, p)
  ends <- matrix(NA_real_, p, 2)
  for (i in seq_len(p)) {
    line <- theirs$drivers[[i]]
    if (is.na(clause$low[i]) || clause$high[i] <= clause$low[i]) next
    e <- mean_of(100 * (column(S$data, by[i]) - clause$low[i]) / (clause$high[i] - clause$low[i]))
    if (none(e) || sum(e$member) < hide_below) { check(paste0(line$name, ".n"), NULL, line$n); next }
    v <- variance(e, finite_correction)$value; df <- degrees(S, e$member, finite_correction)
    performance[i] <- e$value
    if (!is.na(v) && df > 0) ends[i, ] <- c(max(e$value - qt(0.975, df) * sqrt(v), 0), min(e$value + qt(0.975, df) * sqrt(v), 100))
    check(paste0(line$name, ".n"), sum(e$member), line$n)
    check(paste0(line$name, ".performance"), e$value, line$performance)
    check(paste0(line$name, ".performance_low"), ends[i, 1], line$performance_low)
    check(paste0(line$name, ".performance_high"), ends[i, 2], line$performance_high)
  }
  if (!is.null(theirs$fault)) {
    if (theirs$fault$fault == "too_few") check("wanted", max(hide_below, p + 2), theirs$fault$wanted)
    next
  }
  w <- S$w[whole]
  effective <- sum(w)^2 / sum(w^2)
  R <- cov.wt(X[whole, , drop = FALSE], w, cor = TRUE, method = "ML")$cor
  Y <- as.data.frame(scale(X[whole, , drop = FALSE]))
  fit <- lm(V1 ~ ., data = Y, weights = w)
  r2 <- min(1, max(0, summary(fit)$r.squared))
  beta <- solve(R[-1, -1], R[-1, 1])
  inverse <- solve(R[-1, -1])
  lmg <- if (p <= 15) lmg_of(R)
  johnson <- johnson_of(R)
  check("n_effective", effective, theirs$n_effective)
  check("r_squared", r2, theirs$r_squared)
  compare_word("drivers", paste0(at, ".method"), if (p <= 15) "lmg" else "johnson", theirs$method)
  parts <- if (p <= 15) lmg else johnson
  for (i in seq_len(p)) {
    line <- theirs$drivers[[i]]
    ours <- list(correlation = R[i + 1, 1], coefficient = beta[i], lmg = lmg[i], johnson = johnson[i], first = R[i + 1, 1]^2,
      last = beta[i]^2 / inverse[i, i], beta_squared = beta[i]^2, pratt = beta[i] * R[i + 1, 1], inflation = inverse[i, i],
      share = if (r2 > 1e-12) parts[i] / r2)
    for (name in names(ours)) check(paste0(line$name, ".", name), ours[[name]], line[[name]])
  }
  kinds <- vapply(theirs$warnings, function(w) w$warning, "")
  if (r2 > 1e-12) {
    count <- if (n * (p + 1)^2 > 2e6 || p > 10) 200 else 1000
    all <- shares_of_all(X, whole, count)
    known <- nrow(all) > 0 && count - nrow(all) <= count %/% 10
    compare_word("drivers", paste0(at, ".no_intervals"), if (!known) "no_intervals", if ("no_intervals" %in% kinds) "no_intervals")
    check("replicates", if (known) count else 0, theirs$replicates)
    for (i in seq_len(p)) {
      end <- function(q) if (known) unname(quantile(all[, i], q))
      check(paste0(theirs$drivers[[i]]$name, ".low"), end(0.025), theirs$drivers[[i]]$low)
      check(paste0(theirs$drivers[[i]]$name, ".high"), end(0.975), theirs$drivers[[i]]$high)
    }
  }
  # Warnings, and whether the shares are an order.
  answers. <- floor(effective + 1e-9)
  df2 <- answers. - p - 1
  chance <- if (df2 > 0) pf(r2 / p / ((1 - r2) / df2), p, df2, lower.tail = FALSE) else NA
  ours <- c(rep("collinear", sum(diag(inverse) >= 10)), if (answers. < 10 * p) "few_answers",
    if (!is.na(chance) && chance > 0.05) "nothing_explained")
  compare_word("drivers", paste0(at, ".warnings"), paste(ours, collapse = " "), paste(kinds[kinds != "no_intervals"], collapse = " "))
  for (w. in theirs$warnings) {
    if (w.$warning == "few_answers") { check("answers", answers., w.$answers); check("wanted", 10 * p, w.$wanted) }
    if (w.$warning == "nothing_explained") check("p", chance, w.$p)
  }
  ranked <- length(kinds) == 0 && r2 > 1e-12
  check("ranked", ranked, theirs$ranked)
  if (!ranked || any(is.na(performance)) || p < 2) next
  line_at <- mean(performance)
  check("performance_line", line_at, theirs$performance_line)
  one_side <- function(low, high, x) !is.null(low) && !is.na(low) && (low > x || high < x)
  for (i in seq_len(p)) {
    line <- theirs$drivers[[i]]
    important <- parts[i] / r2 >= 1 / p; good <- performance[i] >= line_at
    quadrant <- if (important) { if (good) "keep" else "improve" } else if (good) "hold" else "watch"
    compare_word("drivers", paste0(at, ".", line$name, ".quadrant"), quadrant, line$quadrant)
    check(paste0(line$name, ".certain"), one_side(line$low, line$high, 1 / p) && one_side(ends[i, 1], ends[i, 2], line_at), line$certain)
  }
}
