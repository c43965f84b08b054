# Makes bayesmeta.json: posteriors by bayesmeta. Run: Rscript tests/reference/bayesmeta.R tests/reference/bayesmeta.json NAME=FILE...
# each FILE the --json answer of `hepatica evidence pool` (its effects are kept in bayesmeta.json). Packages: bayesmeta 3.4 (cran/bayesmeta), else as for more.R.
suppressMessages({library(bayesmeta); library(metafor); library(metadat); library(jsonlite)})
data(CrinsEtAl2014)
crins <- escalc(measure = "OR", ai = exp.AR.events, n1i = exp.total, ci = cont.AR.events, n2i = cont.total, data = CrinsEtAl2014)
bcg <- escalc(measure = "RR", ai = tpos, bi = tneg, ci = cpos, di = cneg, data = dat.bcg)
sets <- list(crins2014 = list(y = as.numeric(crins$yi), v = as.numeric(crins$vi)), bcg = list(y = as.numeric(bcg$yi), v = as.numeric(bcg$vi)))
for (x in commandArgs(TRUE)[-1]) { at <- strsplit(x, "=", fixed = TRUE)[[1]]; j <- fromJSON(at[2], simplifyVector = FALSE)
  sets[[at[1]]] <- list(y = sapply(j$studies, function(s) s$yi), v = sapply(j$studies, function(s) s$vi)) }
ways <- list(jss2020 = list("half-normal", 0.5, 4, function(t) dhalfnormal(t, scale = 0.5)), ours = list("half-normal", 0.5, 2.82, function(t) dhalfnormal(t, scale = 0.5)),
  cauchy = list("half-cauchy", 0.5, 2.82, function(t) dhalfcauchy(t, scale = 0.5)), uniform = list("uniform", 2, 2.82, function(t) dunif(t, 0, 2)),
  flat = list("half-normal", 1, NULL, function(t) dhalfnormal(t, scale = 1)))
one <- function(s, w) {
  m <- if (is.null(w[[3]])) c(NA, NA) else c(0, w[[3]])
  b <- bayesmeta(y = s$y, sigma = sqrt(s$v), tau.prior = w[[4]], mu.prior.mean = m[1], mu.prior.sd = m[2], interval.type = "central", delta = 1e-3, epsilon = 1e-5)
  pick <- function(c) as.list(setNames(b$summary[c("median", "mean", "sd", "95% lower", "95% upper"), c], c("median", "mean", "sd", "lo", "hi")))
  list(prior = w[[1]], scale = w[[2]], mu_sd = w[[3]], mu = pick("mu"), tau = pick("tau"), new_study = pick("theta"), p_above_0 = 1 - b$pposterior(mu = 0),
    shrunk = lapply(seq_along(s$y), function(i) as.list(setNames(b$theta[c("median", "sd", "95% lower", "95% upper"), i], c("median", "sd", "lo", "hi")))))
}
out <- lapply(sets, function(s) c(s, list(posteriors = lapply(ways[if (length(s$y) > 1) seq_along(ways) else 1:4], function(w) one(s, w)))))
write_json(list(made_with = list(R = R.version.string, bayesmeta = as.character(packageVersion("bayesmeta")), command = "Rscript tests/reference/bayesmeta.R tests/reference/bayesmeta.json NAME=FILE..."), sets = out),
  commandArgs(TRUE)[1], digits = 10, auto_unbox = TRUE, null = "null", na = "null")
