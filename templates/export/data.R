# ---- 2. Data -----------------------------------------------------------------------------------
#
# data.csv: a row a response (resp.role 1), then people who were drawn and did not answer (2), where weights need them,
# then answers by open link (3). codebook.csv tells what each column is. design.csv: a row a weighting class of a cell.
# before.csv and before-design.csv: the same of the wave before; older-NAME.csv, of the waves before that. risks.csv: for
# whom the condition of a risk group held, by wave, the latest being 1. times.csv: completed answers and follow-ups by hour.

if (!l10n_info()[["UTF-8"]]) for (locale in c("C.UTF-8", "en_US.UTF-8")) {
  if (suppressWarnings(Sys.setlocale("LC_CTYPE", locale)) != "") break
}
suppressPackageStartupMessages(library(survey))

here <- dirname(sub("^--file=", "", c(grep("^--file=", commandArgs(FALSE), value = TRUE), "--file=./report.R")[1]))
read_table <- function(file, words) {
  d <- read.csv(file.path(here, file), colClasses = "character", na.strings = "", check.names = FALSE, encoding = "UTF-8")
  for (name in names(d)) {
    # A quote keeps spreadsheets from taking words for formulas.
    d[[name]] <- if (name %in% words) sub("^'", "", d[[name]]) else as.numeric(d[[name]])
  }
  d
}
# A wave is an environment: what section 1 says of it, with its tables. Taking one makes it the one that is reckoned with.
read_wave <- function(w) {
  w$data <- read_table(w$data_file, w$words)
  w$cells <- read_table(w$design_file, "cell")
  w$answers <- w$data # with the codes that tell why an answer is missing
  for (name in w$answer_columns) w$data[[name]][w$data[[name]] %in% w$missing_codes] <- NA
}
take <- function(w) for (name in ls(w)) assign(name, get(name, envir = w), globalenv())
at_wave <- function(w, f) {
  take(w)
  on.exit(take(this))
  f()
}
read_wave(this)
if (!is.null(before)) read_wave(before)
for (w in older) read_wave(w)

# A dimension is the mean of its answered items, each brought onto the scale.
dimension_of <- function(data, d) {
  x <- Map(function(name, low, high) (data[[name]] - low) / (high - low), d$items, d$low, d$high)
  x <- matrix(as.numeric(unlist(x)), nrow = nrow(data), ncol = length(d$items))
  n <- rowSums(!is.na(x))
  ifelse(n >= max(1, d$at_least), scale_low + (scale_high - scale_low) * rowSums(x, na.rm = TRUE) / n, NA)
}

# An index is the weighted mean of its dimensions; a missing one's weight is spread over the others.
index_of <- function(data, index) {
  x <- lapply(index$parts, function(name) data[[paste0("own.", name)]])
  x <- matrix(as.numeric(unlist(x)), nrow = nrow(data), ncol = length(index$parts))
  period <- if ("resp.period" %in% names(data)) data$resp.period else rep(0, nrow(data))
  period[is.na(period)] <- 0
  w <- index$weights[period + 1, , drop = FALSE]
  known <- rowSums(w * !is.na(x))
  ifelse(known > 0 & known / rowSums(w) >= index$at_least - 1e-9, rowSums(w * x, na.rm = TRUE) / known, NA)
}

