# Makes more.json: proportions, trim and fill, Peters' test and networks in R. Run: Rscript tests/reference/more.R tests/reference/more.json
# Debian packages: r-cran-metafor r-cran-metadat r-cran-jsonlite r-cran-lme4 r-cran-numderiv.
suppressMessages({library(metafor); library(metadat); library(jsonlite); library(numDeriv)})
tight <- list(threshold = 1e-12, maxiter = 10000)
# 1. proportions: rma.glmm, and the same likelihood by adaptive integration
p <- dat.pritz1997
sets <- list(pritz1997 = list(x = p$xi, n = p$ni), debruin = with(subset(dat.debruin2009, TRUE), list(x = xi, n = ni)),
  zeros = list(x = c(1, 0, 12, 3, 0, 7), n = c(20, 15, 30, 40, 33, 25)), one_sided = list(x = c(0, 0, 1, 0, 4), n = c(25, 40, 30, 12, 50)))
exact <- function(x, n) {
  ll <- function(q) sum(mapply(function(a, b) {
    f <- function(t) dbinom(a, b, plogis(t), log = TRUE) + dnorm(t, q[1], exp(q[2]), log = TRUE)
    top <- optimize(f, c(-15, 15), maximum = TRUE, tol = 1e-10)
    s <- 1 / sqrt(b * plogis(top$maximum) * (1 - plogis(top$maximum)) + exp(-2 * q[2]))
    log(integrate(function(t) exp(f(t) - top$objective), top$maximum - 14 * s, top$maximum + 14 * s, rel.tol = 1e-12, subdivisions = 2000)$value) + top$objective
  }, x, n))
  o <- optim(c(qlogis((sum(x) + .5) / (sum(n) + 1)), -0.5), function(q) -ll(q), method = "Nelder-Mead", control = list(reltol = 1e-15, maxit = 5000))
  o <- optim(o$par, function(q) -ll(q), method = "Nelder-Mead", control = list(reltol = 1e-15, maxit = 5000))
  h <- hessian(function(q) -ll(c(q[1], log(q[2]))), c(o$par[1], exp(o$par[2])))
  list(mu = o$par[1], tau2 = exp(2 * o$par[2]), se = sqrt(solve(h)[1, 1]), log_likelihood = -o$value)
}
proportions <- lapply(sets, function(s) {
  r <- suppressWarnings(rma.glmm(measure = "PLO", xi = s$x, ni = s$n, control = list(nAGQ = 41)))
  c(s, list(exact = exact(s$x, s$n), metafor = list(mu = c(r$beta), se = r$se, tau2 = r$tau2, lrt = r$QE.LRT)))
})
# 2. trim and fill
e <- escalc("OR", ai = ai, n1i = n1i, ci = ci, n2i = n2i, data = dat.egger2001)
b <- escalc("RR", ai = tpos, bi = tneg, ci = cpos, di = cneg, data = dat.bcg)
h <- dat.hackshaw1998
fill <- function(d, m, est) {
  r <- rma(yi, vi, data = d, method = m, control = tight)
  t <- trimfill(r, estimator = est, control = tight)
  list(missing = t$k0, side = t$side, estimate = c(t$beta), se = t$se, tau2 = t$tau2)
}
trim <- lapply(list(egger2001 = e, bcg = b, hackshaw1998 = h), function(d) { d <- d[!is.na(d$yi), ]
  list(yi = as.numeric(d$yi), vi = as.numeric(d$vi), results = lapply(setNames(c("FE", "DL", "REML"), c("FE", "DL", "REML")),
    function(m) lapply(setNames(c("L0", "R0"), c("L0", "R0")), function(est) fill(d, m, est)))) })
# 3. Peters' test: lm() with Peters' weights
peters <- lapply(list(egger2001 = with(dat.egger2001, data.frame(a = ai, m = n1i, c = ci, q = n2i)),
    collins = with(subset(dat.collins1985b), data.frame(a = pre.xti, m = pre.nti, c = pre.xci, q = pre.nci))), function(d) {
  d <- d[complete.cases(d) & d$a + d$c > 0, ]
  z <- ifelse(d$a == 0 | d$c == 0 | d$a == d$m | d$c == d$q, 0.5, 0)
  s <- with(d, data.frame(y = log((a + z) * (q - c + z) / ((m - a + z) * (c + z))), x = 1 / (m + q), w = 1 / (1 / (a + c + 2 * z) + 1 / (m + q - a - c + 2 * z))))
  f <- lm(y ~ x, weights = w, data = s)
  k <- summary(f)$coefficients
  list(a = d$a, m = d$m, c = d$c, q = d$q, t = k[2, 3], p = k[2, 4], limit = k[1, 1], limit_ci = unname(confint(f)[1, ]))
})
# 4. networks: arms to contrasts with the study's first arm, generalised least squares by rma.mv, rho = 1/2 between contrasts
network <- function(a) {
  trts <- sort(unique(a$trt)); ref <- trts[1]
  rows <- do.call(rbind, lapply(split(a, a$study), function(s) { s <- s[order(s$trt), ]
    data.frame(study = s$study[1], base = s$trt[1], trt = s$trt[-1], yi = s$y[-1] - s$y[1], v0 = s$v[1], v1 = s$v[-1],
      design = paste(s$trt, collapse = ":")) }))
  V <- bldiag(lapply(split(rows, factor(rows$study, unique(rows$study))), function(s) diag(s$v1, nrow(s)) + s$v0[1]))
  X <- sapply(trts[-1], function(t) (rows$trt == t) - (rows$base == t))
  rows$con <- ave(seq_len(nrow(rows)), rows$study, FUN = seq_along)
  fe <- rma.mv(rows$yi, V, mods = X, intercept = FALSE)
  re <- rma.mv(yi, V, mods = X, intercept = FALSE, random = ~ con | study, rho = 1/2, data = rows, control = list(optimizer = "optim", optmethod = "Nelder-Mead", reltol = 1e-16, maxit = 1e5))
  D <- model.matrix(~ 0 + interaction(design, trt, drop = TRUE), rows)
  within <- rma.mv(rows$yi, V, mods = D, intercept = FALSE)
  list(study = a$study, trt = a$trt, y = a$y, v = a$v, treatments = trts,
    fixed = list(b = c(fe$beta), se = fe$se, q = fe$QE, df = fe$k - fe$p), random = list(b = c(re$beta), se = re$se, tau2 = re$tau2),
    within = list(q = within$QE, df = within$k - within$p))
}
s <- dat.senn2013
senn <- data.frame(study = s$study, trt = as.character(s$treatment), y = s$mi, v = s$sdi^2 / s$ni)
k <- dat.hasselblad1998
z <- ave(k$xi == 0 | k$xi == k$ni, k$study, FUN = any) * 0.5
smoke <- data.frame(study = as.character(k$study), trt = as.character(k$trt), y = log((k$xi + z) / (k$ni - k$xi + z)), v = 1 / (k$xi + z) + 1 / (k$ni - k$xi + z))
write_json(list(made_with = list(R = R.version.string, metafor = as.character(packageVersion("metafor")), lme4 = as.character(packageVersion("lme4")),
  command = "Rscript tests/reference/more.R tests/reference/more.json"), proportions = proportions, trim_and_fill = trim, peters = peters,
  networks = list(senn2013 = network(senn), hasselblad1998 = network(smoke))), commandArgs(TRUE)[1], digits = NA, auto_unbox = TRUE, null = "null", na = "null")
