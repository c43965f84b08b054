# Makes two_arms.json: unconditional models of two arms, Mantel-Haenszel and Peto in R. Run: Rscript tests/reference/two_arms.R tests/reference/two_arms.json
# Packages as for rare.R.
suppressMessages({library(metafor); library(metadat); library(jsonlite); library(numDeriv)})
d <- dat.nielweise2007; b <- dat.bcg; n8 <- dat.nielweise2008; h <- dat.hart1999; h <- h[!is.na(h$x1i + h$x2i), ]
tables <- list(nielweise2007 = with(d, list(a = ai, m = n1i, c = ci, q = n2i)), bcg = with(b, list(a = tpos, m = tpos + tneg, c = cpos, q = cpos + cneg)),
  zeros = list(a = c(0, 2, 5, 0, 1), m = c(20, 30, 41, 25, 33), c = c(3, 1, 9, 0, 4), q = c(22, 28, 40, 25, 30)))
rates <- list(nielweise2008 = with(n8, list(a = x1i, m = t1i, c = x2i, q = t2i)), hart1999 = with(h, list(a = x1i, m = t1i, c = x2i, q = t2i)),
  zeros = list(a = c(0, 2, 5, 0, 1), m = c(20, 30, 41, 25, 33), c = c(3, 1, 9, 0, 4), q = c(22, 28, 40, 25, 30)))
# the same likelihoods by integration: adaptive Gauss-Hermite in R with the nodes of an eigenproblem, optim and a numeric Hessian
hermite <- function(n) { i <- seq_len(n - 1); J <- matrix(0, n, n); J[cbind(i, i + 1)] <- J[cbind(i + 1, i)] <- sqrt(i / 2); e <- eigen(J, symmetric = TRUE); list(z = e$values, w = sqrt(pi) * e$vectors[1, ]^2) }
g1 <- hermite(61); g2 <- hermite(31)
arm <- function(x, n, s, pois) if (pois) dpois(x, n * exp(s), log = TRUE) else dbinom(x, n, plogis(s), log = TRUE)
study_fs <- function(r, base, mu, tau, pois) { f <- function(t) arm(r[1], r[2], base + t / 2, pois) + arm(r[3], r[4], base - t / 2, pois) + dnorm(t, mu, tau, log = TRUE)
  o <- optimize(f, c(-25, 25), maximum = TRUE, tol = 1e-9); e <- 1e-3; s <- 1 / sqrt(max(1e-6, -(f(o$maximum + e) - 2 * f(o$maximum) + f(o$maximum - e)) / e^2))
  t <- o$maximum + sqrt(2) * s * g1$z; v <- f(t) + g1$z^2; log(sum(g1$w * exp(v - max(v)))) + max(v) + log(sqrt(2) * s) }
fs <- function(s, pois) { rows <- cbind(s$a, s$m, s$c, s$q); rows <- rows[keep(s, pois), , drop = FALSE]
  ll <- function(q) sum(apply(rows, 1, function(r) optimize(function(base) study_fs(r, base, q[1], q[2], pois), c(-14, 10), maximum = TRUE, tol = 1e-8)$objective)); ends(ll, c(-0.5, log(0.6)), 1) }
study_rs <- function(r, q, pois) { f <- function(u) arm(r[1], r[2], u[1] + u[2] / 2, pois) + arm(r[3], r[4], u[1] - u[2] / 2, pois) + dnorm(u[1], q[2], q[3], log = TRUE) + dnorm(u[2], q[1], q[4], log = TRUE)
  p <- (r[c(1, 3)] + 0.5) / (r[c(2, 4)] + 1); l <- if (pois) log(p) else qlogis(p)
  o <- nlm(function(u) -f(u), c(mean(l), l[1] - l[2]), hessian = TRUE, gradtol = 1e-9, steptol = 1e-9); R <- solve(chol(hessian(function(u) -f(u), o$estimate)))
  Z <- as.matrix(expand.grid(g2$z, g2$z)); W <- c(outer(g2$w, g2$w)); U <- t(o$estimate + sqrt(2) * R %*% t(Z))
  v <- arm(r[1], r[2], U[, 1] + U[, 2] / 2, pois) + arm(r[3], r[4], U[, 1] - U[, 2] / 2, pois) + dnorm(U[, 1], q[2], q[3], log = TRUE) + dnorm(U[, 2], q[1], q[4], log = TRUE) + rowSums(Z^2)
  log(sum(W * exp(v - max(v)))) + max(v) + log(2 * det(R)) }
rs <- function(s, pois, start) { rows <- cbind(s$a, s$m, s$c, s$q)[keep(s, pois), , drop = FALSE]; ends(function(q) sum(apply(rows, 1, function(r) study_rs(r, q, pois))), start, c(3, 4)) }
keep <- function(s, pois) if (pois) s$a + s$c > 0 else s$a + s$c > 0 & s$a + s$c < s$m + s$q
ends <- function(ll, start, spread) { if (length(spread) == 1) spread <- 2 # maximise with spreads on the log scale, the Hessian on their own
  own <- function(q) { q[spread] <- exp(pmax(q[spread], -7)); q }
  o <- list(par = start); for (i in 1:3) o <- optim(o$par, function(q) -ll(own(q)), control = list(reltol = 1e-13, maxit = 4000))
  at <- own(o$par); free <- setdiff(seq_along(at), spread[at[spread] < 1.01e-3]); H <- hessian(function(f) { q <- at; q[free] <- f; -ll(q) }, at[free])
  at[spread] <- ifelse(at[spread] < 1.01e-3, 0, at[spread])
  list(mu = at[1], tau2 = at[length(at)]^2, sigma2 = if (length(at) > 2) at[3]^2, se = sqrt(solve(H)[1, 1]), log_likelihood = -o$value) }
run <- function(measure, model, s, n) { f <- function(...) suppressWarnings(rma.glmm(measure = measure, model = model, nAGQ = n, ...))
  r <- try(if (measure == "OR") f(ai = s$a, n1i = s$m, ci = s$c, n2i = s$q) else f(x1i = s$a, t1i = s$m, x2i = s$c, t2i = s$q), silent = TRUE)
  if (inherits(r, "try-error")) NULL else list(mu = c(r$beta), se = r$se, tau2 = r$tau2, sigma2 = if (model == "UM.RS") r$sigma2, log_likelihood = r$fit.stats["ll", "ML"]) }
side <- function(r) list(estimate = c(r$beta), se = r$se, ci = c(r$ci.lb, r$ci.ub), q = r$QE, q_p = r$QEp, i2 = r$I2, weights = tryCatch(as.numeric(weights(r)), error = function(e) NULL))
models <- function(s, measure) { pois <- measure == "IRR"; f <- run(measure, "UM.FS", s, 41); r <- run(measure, "UM.RS", s, 1)
  start <- c(r$mu, log(mean((s$a + s$c + 1) / (s$m + s$q + 2))), log(0.6), log(0.5))
  c(s, list(fs_metafor = f, rs_metafor_laplace = r, fs = fs(s, pois), rs = rs(s, pois, start))) }
mh <- function(measure, s) suppressWarnings(if (measure %in% c("IRR", "IRD")) rma.mh(measure = measure, x1i = s$a, t1i = s$m, x2i = s$c, t2i = s$q, add = c(1/2, 0), to = c("only0", "none"), correct = FALSE) else
  rma.mh(measure = measure, ai = s$a, n1i = s$m, ci = s$c, n2i = s$q, add = c(1/2, 0), to = c("only0", "none"), correct = FALSE))
write_json(list(made_with = list(R = R.version.string, metafor = as.character(packageVersion("metafor")), lme4 = as.character(packageVersion("lme4")), command = "Rscript tests/reference/two_arms.R tests/reference/two_arms.json"),
  counts = lapply(tables, function(s) c(models(s, "OR"), list(mh = lapply(setNames(c("OR", "RR", "RD"), c("OR", "RR", "RD")), function(m) side(mh(m, s))), peto = side(suppressWarnings(rma.peto(ai = s$a, n1i = s$m, ci = s$c, n2i = s$q)))))),
  rates = lapply(rates, function(s) c(models(s, "IRR"), list(mh = lapply(setNames(c("IRR", "IRD"), c("IRR", "IRD")), function(m) side(mh(m, s))))))),
  commandArgs(TRUE)[1], digits = NA, auto_unbox = TRUE, null = "null", na = "null")
