# This wave against the one before. Different people: variances add, with Satterthwaite's degrees of freedom. The same
# people: both waves in one design in which a person is one unit, z = (z2, -z1).

# Numbers of people, everybody unknown being a new one; nothing where it is not known who answered both.
people_of <- function(w, from) {
  known <- column(w$S$data, "resp.person")
  unknown <- which(is.na(known))
  known[unknown] <- from + seq_along(unknown)
  known
}

# The clusters of this wave by the numbers of the one before; nothing where somebody changed cluster.
in_same_clusters <- function(one, two) {
  clustered <- function(w) any(!is.na(column(w$S$data, "design.cluster")))
  if (!clustered(before) && !clustered(this)) return(list(first = NULL, second = NULL))
  old <- column(before$S$data, "design.cluster"); new <- column(this$S$data, "design.cluster")
  both <- intersect(one, two)
  pairs <- unique(data.frame(new = new[match(both, two)], old = old[match(both, one)]))
  if (any(is.na(pairs)) || anyDuplicated(pairs$new) || anyDuplicated(pairs$old)) return(NULL)
  moved <- pairs$old[match(new, pairs$new)]
  free <- max(0, old, na.rm = TRUE) + 1
  list(first = old, second = ifelse(is.na(new), NA, ifelse(is.na(moved), free + new, moved)))
}

pair_of <- function() {
  answered <- function(w) { p <- column(w$S$data, "resp.person"); p[w$S$answered & !is.na(p)] }
  a <- answered(before); b <- answered(this)
  if (length(a) == 0 || length(b) == 0) return(list(people = "not_matched"))
  both <- length(intersect(a, b))
  if (both == 0) return(list(people = "different", both = 0))
  top <- max(column(before$S$data, "resp.person"), column(this$S$data, "resp.person"), na.rm = TRUE)
  one <- people_of(before, top)
  two <- people_of(this, top + length(one))
  clusters <- in_same_clusters(one, two)
  if (is.null(clusters)) return(list(people = "not_matched"))
  unit <- function(w, person, cluster) {
    own <- if (is.null(cluster)) rep(NA, length(person)) else cluster
    paste(w$S$data$cell., ifelse(is.na(own), paste0("person ", person), paste0("cluster ", own)))
  }
  units <- data.frame(design.cell = c(before$S$data$cell., this$S$data$cell.), design.population = NA_real_,
    design.class = 1, resp.role = 1)
  units$design.cluster <- match(u <- c(unit(before, one, clusters$first), unit(this, two, clusters$second)), unique(u))
  units$weight.base <- units$weight.nonresponse <- units$weight.final <- c(before$S$start, this$S$start)
  cells. <- data.frame(cell = unique(units$design.cell), class = 1, invited = 1, answered = 1, population = NA_real_)
  stacked <- study_of(units, cells., list(margins = character(0)), this$single_rule)
  list(people = "overlapping", both = both, one = one, two = two, stacked = stacked,
    clustered = !is.null(clusters$first))
}

# Tam (1984): with finite population correction, stratum by stratum.
of_strata <- function(first, second) {
  values <- function(w, e, person) at_wave(w, function() {
    z <- ifelse(S$adjusted | e$member, carried_or_not(e$z), 0)
    size <- table(S$data$cell.)
    data.frame(cell = S$data$cell., person = person, x = as.vector(size[S$data$cell.]) * S$start * z)
  })
  a <- values(before, first, pair$one); b <- values(this, second, pair$two)
  if (anyDuplicated(a[c("cell", "person")]) || anyDuplicated(b[c("cell", "person")])) return(NULL)
  populations <- rbind(before$S$cells, this$S$cells)
  sums <- lapply(unique(c(a$cell, b$cell)), function(cell) {
    x <- a[a$cell == cell, ]; y <- b[b$cell == cell, ]
    m <- merge(x, y, by = "person")
    N <- populations$population[populations$cell == cell][1]
    if (nrow(x) < 2 || nrow(y) < 2) return(NULL)
    all <- if (is.na(N) || N <= 0) 0 else 1 / N
    s12 <- if (nrow(m) < 2) 0 else cov(m$x.x, m$x.y)
    v <- max(0, 1 / nrow(x) - all) * var(x$x) + max(0, 1 / nrow(y) - all) * var(y$x) -
      2 * (nrow(m) / (nrow(x) * nrow(y)) - all) * s12
    c(max(0, v), max(0, nrow(x) + nrow(y) - nrow(m) - 1))
  })
  if (any(vapply(sums, is.null, TRUE))) return(NULL)
  t_test(second$value - first$value, sum(vapply(sums, `[`, 0, 1)), sum(vapply(sums, `[`, 0, 2)))
}

carried_or_not <- function(z) if (S$two_phase || S$response_classes || length(S$margins) > 0) carried(z) else z

# An estimate of this wave less one of the wave before.
between_waves <- function(first, second, whole) {
  finite <- this$finite_correction
  side <- function(w, e) at_wave(w, function() {
    if (!any(e$member)) return(list(v = 0, df = 0))
    list(v = variance(e, finite)$value, df = if (whole) degrees_of_all(S, finite) else degrees(S, e$member, finite))
  })
  one <- side(before, first); two <- side(this, second)
  difference <- second$value - first$value
  if (pair$people != "overlapping") {
    v <- c(one$v, two$v); df <- c(one$df, two$df)
    if (any(is.na(v)) || any(v > 0 & df <= 0) || !any(v > 0)) return(NULL)
    return(t_test(difference, sum(v), sum(v)^2 / sum((v^2 / df)[v > 0])))
  }
  classes <- before$S$two_phase || this$S$two_phase
  if (finite && !classes && !pair$clustered) {
    found <- of_strata(first, second)
    if (!is.null(found)) return(found)
  }
  carry <- function(w, e) at_wave(w, function() list(z = if (any(e$member)) carried_or_not(e$z) else e$z,
    member = if (S$adjusted && any(e$member)) rep(TRUE, S$n) else e$member))
  a <- carry(before, first); b <- carry(this, second)
  nobody <- function(x) list(z = 0 * x$z, member = rep(FALSE, length(x$z)))
  part <- function(x, y) {
    e <- estimate(0, c(-x$z, y$z), c(x$member, y$member))
    if (!any(e$member)) return(0)
    S <<- pair$stacked
    on.exit(take(this))
    variance(e, FALSE)$value
  }
  joint <- part(a, b)
  df <- if (whole) degrees_of_all(pair$stacked, FALSE) else degrees(pair$stacked, c(a$member, b$member), FALSE)
  v <- joint
  # What answering costs in each wave stays; what the waves have in common comes from the stacked design.
  if (classes) v <- one$v + two$v - (part(a, nobody(b)) + part(nobody(a), b) - joint)
  t_test(difference, v, df)
}

changed <- function(first, second, reason, whole) {
  if (none(first) || none(second)) return(list(value = if (!none(second)) second$value, other = if (!none(first)) first$value))
  if (identical(reason, "broken"))
    return(list(value = second$value, other = first$value, n = sum(second$member), n_other = sum(first$member)))
  contrast(second, this$S, first, before$S, function() between_waves(first, second, whole))
}

score_of <- function(w, name, member = NULL) at_wave(w, function() {
  if (is.null(measures[[name]])) return(NULL)
  over(if (is.null(member)) rep(TRUE, S$n) else member, function() score(name))
})

if (!is.null(before)) pair <- pair_of()
if (!is.null(before) && !is.null(report$change)) {
  theirs <- report$change
  compare_word("wave against wave", "change.people", pair$people, theirs$people)
  if (!is.null(theirs$n_before)) compare("wave against wave", "change.n_before", sum(before$S$answered), theirs$n_before)
  if (!is.null(theirs$n_after)) compare("wave against wave", "change.n_after", sum(this$S$answered), theirs$n_after)
  least <- max(before$hide_below, this$hide_below)
  both <- if (!is.null(pair$both) && (pair$both == 0 || pair$both >= least)) pair$both
  compare("wave against wave", "change.n_both", both, theirs$n_both)
  label <- function(what, all) vapply(all, function(c) paste0("change.", what, ".", c$name), "")
  reckon <- function(name, reason, f) if (identical(reason, "missing")) list() else f(name)

  compare_contrasts("wave against wave", label("measures", theirs$measures), function(k) {
    c. <- theirs$measures[[k]]
    reckon(c.$name, c.$reason, function(name) changed(score_of(before, name), score_of(this, name), c.$reason, TRUE))
  }, theirs$measures, theirs$family)

  mean_in <- function(w, name) at_wave(w, function() mean_of(column(S$data, items[[name]]$column)))
  compare_contrasts("wave against wave", label("items", theirs$items), function(k) {
    c. <- theirs$items[[k]]
    reckon(c.$name, c.$reason, function(name) changed(mean_in(before, name), mean_in(this, name), c.$reason, TRUE))
  }, theirs$items, theirs$item_family)

  for (segment in theirs$segments) {
    value <- lapply(list(before, this), function(w) at_wave(w, function() values_of(compared[[segment$name]])))
    places <- expand.grid(m = seq_along(measures), g = seq_along(segment$groups))
    all <- unlist(lapply(segment$groups, function(g) g$contrasts), recursive = FALSE)
    make <- function(i) {
      group <- segment$groups[[places$g[i]]]$name
      inside <- lapply(value, function(v) (v == group) %in% TRUE)
      reckon(names(measures)[places$m[i]], all[[i]]$reason, function(name) changed(score_of(before, name, inside[[1]]),
        score_of(this, name, inside[[2]]), all[[i]]$reason, FALSE))
    }
    where <- vapply(seq_len(nrow(places)), function(i) paste0("change.segments.", segment$name, ".",
      segment$groups[[places$g[i]]]$name, ".", names(measures)[places$m[i]]), "")
    compare_contrasts("wave against wave", where, make, all, segment$family)
  }

  # An index whose weights changed: each wave by each wave's weights.
  for (split in theirs$splits) {
    name <- split$score
    by <- function(w, weights) at_wave(w, function() {
      index <- indices[[name]]
      index$weights <- weights$indices[[name]]$weights[1, match(index$parts, weights$indices[[name]]$parts), drop = FALSE]
      index_units <- S$data
      index_units$resp.period <- 0
      mean_of(index_of(index_units, index))
    })
    own <- function(w) at_wave(w, function() mean_of(S$data[[measures[[name]]$column]]))
    I11 <- own(before); I12 <- by(before, this); I21 <- by(this, before); I22 <- own(this)
    in_before <- function(f) at_wave(before, f)
    nothing <- function(w) at_wave(w, function() estimate(0, rep(0, S$n), rep(FALSE, S$n)))
    half <- list(opinion_before = in_before(function() (I11 + I12) / 2), weights_before = in_before(function() (I11 - I12) / 2),
      opinion = (I21 + I22) / 2, weights = (I22 - I21) / 2)
    parts <- list(opinion_new = list(I12, I22), weights_new = list(in_before(function() I11 - I12), nothing(this)),
      opinion = list(half$opinion_before, half$opinion), weights = list(half$weights_before, half$weights))
    compare("opinion and weights", paste0("change.splits.", name, ".change"), I22$value - I11$value, split$change)
    for (part in names(parts)) {
      first <- parts[[part]][[1]]; second <- parts[[part]][[2]]
      compare_contrasts("opinion and weights", paste0("change.splits.", name, ".", part),
        function(k) c(list(difference = second$value - first$value), between_waves(first, second, TRUE)), list(split[[part]]))
    }
  }
}

# Measures: answers from before the day on which one was due, and from the day of its verification on.
if (length(report$effects) > 0) {
  days_known <- function(w) !is.null(w) && "resp.day" %in% names(w$data)
  of_events <- vapply(report$effects, function(e) !is.null(e$events), TRUE)
  if (any(of_events) && is.null(people_of_measures)) leave("effects", "this export was made without what events tell")
  else if (all(of_events) || !dated || (days_known(this) && (is.null(before) || days_known(before) || !before$dated))) {
    of_days <- function(w, effect, fits) {
      day <- column(w$S$data, "resp.day")
      inside <- if (w$dated) (fits(as.character(day))) %in% TRUE else rep(TRUE, w$S$n)
      if (!is.null(effect$stratum)) inside <- inside & w$S$data$design.stratum == effect$stratum
      inside & w$S$answered
    }
    compare_contrasts("measures", vapply(report$effects, function(e) paste0("effects.", e$action), ""), function(k) {
      effect <- report$effects[[k]]
      if (!is.null(effect$events)) return(events_of(effect))
      if (identical(effect$reason, "missing") || identical(effect$reason, "broken")) return(list())
      first_wave <- if (is.null(before)) this else before
      early <- score_of(first_wave, effect$score, of_days(first_wave, effect, function(day) day < effect$due))
      late <- score_of(this, effect$score, of_days(this, effect, function(day) day >= effect$from))
      if (none(early) || none(late)) return(list())
      if (is.null(before)) within_wave(late, early) else
        contrast(late, this$S, early, before$S, function() between_waves(early, late, FALSE))
    }, report$effects)
    for (effect in report$effects) {
      up <- effect$promised >= 0
      verdict <- if (identical(effect$reason, "hidden")) "hidden" else if (is.null(effect$low)) "not_decided"
        else if ((up && effect$low >= effect$promised) || (!up && effect$high <= effect$promised)) "met"
        else if ((up && effect$high < effect$promised) || (!up && effect$low > effect$promised)) "not_met"
        else "not_decided"
      compare_word("measures", paste0("effects.", effect$action, ".verdict"), verdict, effect$verdict)
    }
  } else leave("effects", "the days of answers are not told of an anonymous campaign")
}
