# ---- 9. Differences: groups, waves, measures ----------------------------------------------------

# The value of a variable, or of a cross, for every unit of the wave that is taken.
values_of <- function(columns) {
  if (is.null(columns) || S$n == 0) return(rep(NA_character_, S$n))
  all <- lapply(columns, function(name) as.character(column(S$data, name)))
  known <- Reduce(`&`, lapply(all, function(v) !is.na(v)))
  ifelse(known, do.call(paste, c(all, sep = " \u00b7 ")), NA)
}

over <- function(member, f) {
  domain <<- member
  on.exit(domain <<- rep(TRUE, S$n))
  f()
}

# Two domains of one wave; their difference is linearised as one estimate.
within_wave <- function(second, first) contrast(second, S, first, S, function() {
  e <- second - first
  t_test(e$value, variance(e, finite_correction)$value, degrees(S, e$member, finite_correction))
})

# Every group against everybody else, also those of whom the variable is not known.
named <- c("scale", "grid", "nps", "choice", "yes_no")
segment_no <- 0
for (k in seq_along(scores$comparisons)) {
  theirs <- scores$comparisons[[k]]
  value <- values_of(compared[[k]])
  shown <- if (identical(compared[[k]], "design.stratum")) scores$strata else {
    segment_no <- segment_no + 1
    scores$segments[[segment_no]]$groups
  }
  places <- expand.grid(m = seq_along(measures), g = seq_along(theirs$groups))
  make <- function(i) {
    inside <- (value == theirs$groups[[places$g[i]]]$name) %in% TRUE
    name <- names(measures)[places$m[i]]
    own <- over(inside, function() score(name))
    rest <- over(!inside, function() score(name))
    if (none(own) || none(rest)) return(list())
    within_wave(own, rest)
  }
  where <- vapply(seq_len(nrow(places)), function(i) paste0("comparisons.", theirs$name, ".",
    theirs$groups[[places$g[i]]]$name, ".", names(measures)[places$m[i]]), "")
  compare_contrasts("group against the rest", where, make,
    unlist(lapply(theirs$groups, function(g) g$contrasts), recursive = FALSE), theirs$family)
  # Distributions over the groups that are shown.
  visible <- vapply(Filter(function(g) !isTRUE(g$hidden), shown), function(g) g$name, "")
  group <- match(value, visible)
  tested <- Filter(function(item) item$kind %in% named, items)
  ours <- lapply(seq_along(tested), function(i) {
    if (!identical(theirs$tables[[i]]$reason, "hidden") && !identical(theirs$tables[[i]]$reason, "too_large"))
      table_test(group, column(S$data, tested[[i]]$column))
  })
  p <- vapply(ours, function(o) if (is.null(o$p)) NA_real_ else o$p, 0)
  judged. <- adjust_together(p)
  for (i in seq_along(tested)) {
    table. <- theirs$tables[[i]]
    where <- paste0("comparisons.", theirs$name, ".tables.", names(tested)[i])
    compare_word("distributions (Rao-Scott)", paste0(where, ".name"), names(tested)[i], table.$name)
    if (identical(table.$reason, "hidden")) { hide("distributions (Rao-Scott)"); next }
    if (identical(table.$reason, "too_large")) { leave(where, "not tested by the report, too large"); next }
    o <- ours[[i]]
    o$p_adjusted <- if (!is.na(p[i])) judged.$p[i]
    for (name in c("n", "groups", "f", "df1", "df2", "p", "p_adjusted", "size"))
      compare("distributions (Rao-Scott)", paste0(where, ".", name), o[[name]], table.[[name]])
    outcome <- if (is.na(p[i])) "not_tested" else if (judged.$p[i] < 0.05) "differs" else "not_shown"
    compare_word("distributions (Rao-Scott)", paste0(where, ".outcome"), outcome, table.$outcome)
    compare_word("distributions (Rao-Scott)", paste0(where, ".magnitude"), o$magnitude, table.$magnitude)
  }
  compare_family("distributions (Rao-Scott)", paste0("comparisons.", theirs$name, ".table_family"), judged., theirs$table_family)
}
