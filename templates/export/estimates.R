# ---- 8. Every estimate of the report -----------------------------------------------------------

started <- proc.time()[["elapsed"]]
arguments <- commandArgs(TRUE)
if (length(arguments) != 1) {
  cat("usage: Rscript report.R report.json\n")
  quit(status = 2)
}
report <- read_json(arguments[1])
scores <- report$scores

# Scores of single responses, from their answers; then the design of the wave.
prepare <- function(w, section) {
  take(w)
  answered <- which(data$resp.role != 2)
  check <- function(name, own) for (i in answered)
    compare(section, paste0("row ", i, " ", name), own[i], data[[paste0("score.", name)]][i])
  for (name in names(dimensions)) {
    own <- dimension_of(data, dimensions[[name]])
    check(name, own)
    w$data[[paste0("own.", name)]] <- own
  }
  for (name in names(indices)) check(name, index_of(w$data, indices[[name]]))
  w$S <- study_of(w$data[w$data$resp.role != 3, ], cells, calibration, single_rule)
  w$domain <- rep(TRUE, w$S$n)
}
for (w in older) prepare(w, paste0("scores of single responses, ", w$campaign))
if (!is.null(before)) prepare(before, "scores of single responses, wave before")
prepare(this, "scores of single responses")
take(this)

# Weights.
if (S$n > 0) {
  w <- S$w[S$w > 0]
  theirs <- scores$weights
  ours <- list(sum = sum(w), smallest = min(w), largest = max(w), n_effective = sum(w)^2 / sum(w^2),
    design_effect = length(w) * sum(w^2) / sum(w)^2)
  if (length(w) == 0) ours <- list(sum = 0)
  for (name in c("sum", "smallest", "largest", "n_effective", "design_effect"))
    compare("weights", paste0("weights.", name), ours[[name]], theirs[[name]])
  for (k in seq_along(S$margins)) {
    margin <- theirs$calibrated$margins[[k]]
    category <- S$data[[S$margins[k]]]
    for (j in seq_along(margin$categories)) {
      inside <- category == j & S$raised > 0
      c. <- margin$categories[[j]]
      where <- paste0("weights.calibrated.", margin$name, "[", j, "]")
      compare("weights", paste0(where, ".respondents"), sum(inside), c.$respondents)
      compare("weights", paste0(where, ".before"), sum(S$raised[inside]), c.$before)
      compare("weights", paste0(where, ".reached"), sum(S$w[inside]), c.$reached)
    }
  }
  if (calibration$by_survey && !S$response_classes && length(S$margins) > 0) {
    theirs <- weights(S$design)
    for (i in seq_len(S$n)) compare("weights", paste0("calibrated weight of row ", i), theirs[i], S$w[i])
  }
  if (S$response_classes) {
    # Those who answered stand for all of their class.
    of <- function(x) ave(x, S$data$design.class, FUN = sum)
    raised <- ifelse(S$answered, S$base * of(S$base) / of(S$base * S$answered), 0)
    for (i in seq_len(S$n)) compare("weights", paste0("raised weight of row ", i), raised[i], S$raised[i])
  }
  if (!calibration$given) {
    # Population over invited; with classes times invited over answered.
    factor <- if (adjusted) cells$invited / cells$answered else 1
    weight <- cells$population / ave(cells$invited, cells$cell, FUN = sum) * factor
    place <- match(paste(S$data$cell., S$data$design.class), paste(cells$cell, cells$class))
    for (i in seq_len(S$n)) compare("weights", paste0("weight of row ", i), weight[place[i]], S$raised[i])
    for (k in seq_along(scores$weights$classes)) {
      theirs <- scores$weights$classes[[k]]
      compare("weights", paste0("class ", k, " of ", theirs$cell), if (cells$answered[k] > 0) weight[k], theirs$weight)
      compare("weights", paste0("class ", k, ".invited"), cells$invited[k], theirs$invited)
      compare("weights", paste0("class ", k, ".kept"), cells$answered[k], theirs$kept)
    }
  }
}

# Groups.
compare_group("overall", "overall", scores$overall, rep(TRUE, S$n))
for (group in scores$strata)
  compare_group("strata", paste0("strata.", group$name), group, S$data$design.stratum == group$name)
for (group in scores$parts)
  compare_group("parts", paste0("parts.", group$name), group, S$data$design.cell == group$name)
for (k in seq_along(segments)) {
  of <- segments[[k]]
  values <- lapply(of, function(column) column(S$data, column))
  value <- if (S$n == 0) character(0) else do.call(paste, c(values, sep = " \u00b7 "))
  known <- Reduce(`&`, lapply(values, function(v) !is.na(v)))
  for (group in scores$segments[[k]]$groups)
    compare_group("segments", paste0("segments.", scores$segments[[k]]$name, ".", group$name), group,
      known & value == group$name)
}

# Items.
for (k in seq_along(items)) {
  item <- items[[k]]
  theirs <- scores$items[[k]]
  if (isTRUE(theirs$hidden)) { hide("items"); next }
  where <- paste0("items.", names(items)[k])
  raw <- column(answers, item$column)[answers$resp.role == 1]
  for (reason in c("open", "not_applicable", "not_asked"))
    compare("items", paste0(where, ".", reason), sum(raw == missing_codes[[reason]]),
      theirs[[if (reason == "open") "not_answered" else reason]])
  n <- sum(!raw %in% missing_codes[c("open", "not_applicable", "not_asked")])
  compare("items", paste0(where, ".n"), n, theirs$n)
  if (n == 0) next
  domain <- replace(rep(FALSE, S$n), which(S$answered), raw != missing_codes[["not_asked"]])
  x <- column(S$data, item$column)
  for (j in seq_along(theirs$shares)) {
    chosen <- if (length(item$options) > 0) {
      y <- column(S$data, item$options[j])
      if (item$kind == "ranking") y == 1 else y
    } else abs(x - item$codes[j]) < 0.5
    share. <- theirs$shares[[j]]
    compare("items", paste0(where, "[", j, "].count"), sum(chosen & S$answered, na.rm = TRUE), share.$count)
    compare_estimate("items", paste0(where, "[", j, "]"), mean_of(chosen + 0), list(low = 0, high = 1, share = TRUE),
      share.$share)
  }
  range <- list(low = item$low, high = item$high, share = FALSE)
  if (!is.null(theirs$mean)) compare_estimate("items", paste0(where, ".mean"), mean_of(x), range, theirs$mean)
  if (!is.null(theirs$top2))
    compare_estimate("items", paste0(where, ".top2"), mean_of((x >= item$top2) + 0),
      list(low = 0, high = 1, share = TRUE), theirs$top2)
  if (!is.null(theirs$nps))
    compare_estimate("items", paste0(where, ".nps"), nps(x), list(low = -100, high = 100, share = FALSE), theirs$nps)
}

domain <- rep(TRUE, S$n)

# Targets and benchmarks: without finite population correction unless the spec asks for it.
for (k in seq_along(scores$targets)) {
  theirs <- scores$targets[[k]]
  if (theirs$verdict == "hidden") { hide("targets"); next }
  domain <- if (is.null(theirs$stratum)) rep(TRUE, S$n) else S$data$design.stratum == theirs$stratum
  m <- measures[[theirs$score]]
  e <- score(theirs$score)
  ours <- judged(e, m$low, m$high, m$share, finite_correction)
  domain <- rep(TRUE, S$n)
  where <- paste0("targets[", k, "]")
  compare("targets", paste0(where, ".value"), ours$value, theirs$value)
  compare("targets", paste0(where, ".standard_error"), ours$se, theirs$standard_error)
  compare("targets", paste0(where, ".low"), ours$ends[1], theirs$low)
  compare("targets", paste0(where, ".high"), ours$ends[2], theirs$high)
  verdict <- if (is.null(ours$value) || any(is.na(ours$ends))) "not_decided"
    else if (theirs$at_least && ours$ends[1] >= theirs$goal || !theirs$at_least && ours$ends[2] <= theirs$goal) "met"
    else if (theirs$at_least && ours$ends[2] < theirs$goal || !theirs$at_least && ours$ends[1] > theirs$goal) "not_met"
    else "not_decided"
  compare_word("targets", paste0(where, ".verdict"), verdict, theirs$verdict)
  compare_distance("targets", where, e, theirs$goal, ours, theirs, verdict == "not_decided" && !any(is.na(ours$ends)))
}
for (k in seq_along(scores$benchmarks)) {
  theirs <- scores$benchmarks[[k]]
  if (is.null(theirs$difference)) { hide("benchmarks"); next }
  m <- measures[[theirs$score]]
  e <- score(theirs$score)
  ours <- judged(e, m$low, m$high, m$share, finite_correction)
  where <- paste0("benchmarks[", k, "]")
  compare("benchmarks", paste0(where, ".difference"), ours$value - theirs$figure, theirs$difference)
  compare("benchmarks", paste0(where, ".standard_error"), ours$se, theirs$standard_error)
  compare("benchmarks", paste0(where, ".low"), ours$ends[1] - theirs$figure, theirs$low)
  compare("benchmarks", paste0(where, ".high"), ours$ends[2] - theirs$figure, theirs$high)
  open <- !any(is.na(ours$ends)) && ours$ends[1] <= theirs$figure && theirs$figure <= ours$ends[2]
  compare_distance("benchmarks", where, e, theirs$figure, ours, theirs, open)
}

# Other weights in a period: the same answers by the weights of their day and by the usual ones.
for (k in seq_along(scores$periods)) {
  theirs <- scores$periods[[k]]
  m <- measures[[theirs$score]]
  usual <- column(S$data, m$usual)
  compare_estimate("periods", paste0("periods[", k, "].usual"), mean_of(usual), m, theirs$usual)
  compare_estimate("periods", paste0("periods[", k, "].effect"), mean_of(column(S$data, m$column) - usual),
    list(low = -Inf, high = Inf, share = FALSE), theirs$effect)
  if (!is.null(theirs$n_within))
    compare("periods", paste0("periods[", k, "].n_within"), sum(S$data$resp.period[S$answered] > 0), theirs$n_within)
}

# Answers by open link: everybody counts once, and nothing is said about a population.
if (!is.null(scores$self_selected)) {
  open <- data[data$resp.role == 3, ]
  open$design.cell <- "self_selected"
  open$design.population <- NA_real_
  open$design.class <- 1
  open$weight.base <- open$weight.nonresponse <- open$weight.final <- 1
  cells. <- data.frame(cell = "self_selected", class = 1, invited = nrow(open), answered = nrow(open), population = NA_real_)
  S <- study_of(open, cells., list(margins = character(0)))
  compare_group("self-selected", "self_selected", scores$self_selected, rep(TRUE, S$n))
  take(this)
}
