# ---- 6. Comparing ------------------------------------------------------------------------------

seen <- list() # by section: numbers compared, largest relative difference, hidden estimates
faults <- character(0)

compare <- function(section, where, ours, theirs) {
  missing <- function(x) is.null(x) || length(x) == 0 || is.na(x)
  s <- if (is.null(seen[[section]])) c(n = 0, largest = 0, hidden = 0) else seen[[section]]
  s["n"] <- s["n"] + 1
  difference <- if (missing(ours) && missing(theirs)) 0
    else if (missing(ours) || missing(theirs)) Inf
    else if (abs(ours - theirs) <= 1e-12) 0
    else abs(ours - theirs) / abs(theirs)
  s["largest"] <- max(s["largest"], difference)
  seen[[section]] <<- s
  if (difference > 1e-8) {
    show <- function(x) if (missing(x)) "nothing" else format(x, digits = 15)
    faults <<- c(faults, paste0(where, ": R has ", show(ours), ", the report ", show(theirs)))
  }
}

compare_word <- function(section, where, ours, theirs) {
  same <- identical(if (is.null(ours)) "" else ours, if (is.null(theirs)) "" else theirs)
  compare(section, paste0(where, " (R has ", ours, ", the report ", theirs, ")"), as.numeric(same), 1)
}

# What this script can't reckon again, with the reason.
left <- character(0)
leave <- function(what, why) left <<- unique(c(left, paste0(what, ": ", why)))

is_hidden <- function(e) any(vapply(e$notes, function(note) note$note == "hidden", TRUE))

hide <- function(section) {
  s <- if (is.null(seen[[section]])) c(n = 0, largest = 0, hidden = 0) else seen[[section]]
  s["hidden"] <- s["hidden"] + 1
  seen[[section]] <<- s
}

compare_estimate <- function(section, where, e, range, theirs) {
  if (is_hidden(theirs)) return(hide(section))
  ours <- printed(e, range$low, range$high, range$share)
  for (name in c("value", "n", "n_effective", "standard_error", "design_effect", "design_effect_replace", "df", "low", "high"))
    compare(section, paste0(where, ".", name), ours[[name]], theirs[[name]])
}

compare_group <- function(section, where, group, member) {
  if (isTRUE(group$hidden)) return(hide(section))
  compare(section, paste0(where, ".n"), sum(member & S$answered), group$n)
  domain <<- member
  for (i in seq_along(measures))
    compare_estimate(section, paste0(where, ".", names(measures)[i]), score(names(measures)[i]), measures[[i]],
      group$estimates[[i]])
  domain <<- rep(TRUE, S$n)
}

# JSON without a package: its tokens are those of an R expression but for brackets, colons and three words.
read_json <- function(path) {
  # Line by line (no token crosses one), for a place in a long text is counted from its begin.
  text <- readLines(path, encoding = "UTF-8", warn = FALSE)
  pattern <- '"(?:[^"\\\\]|\\\\.)*"|-?[0-9][0-9.eE+-]*|true|false|null|[][{}:,]'
  token <- unlist(regmatches(text, gregexpr(pattern, text, perl = TRUE)))
  token <- gsub("\\\\/", "/", token)
  as_r <- c("{" = "list(", "[" = "list(", "}" = ")", "]" = ")", ":" = "=", true = "TRUE", false = "FALSE", null = "NULL")
  known <- token %in% names(as_r)
  token[known] <- as_r[token[known]]
  eval(parse(text = paste(token, collapse = " "), encoding = "UTF-8", keep.source = FALSE), baseenv())
}
