# Makes rare.json: effects of many kinds, rare events in two arms and rates. Run: Rscript tests/reference/rare.R tests/reference/rare.json
# Debian packages: r-cran-metafor r-cran-metadat r-cran-jsonlite r-cran-lme4 r-cran-numderiv r-cran-biasedurn r-cran-survival.
suppressMessages({library(metafor); library(metadat); library(jsonlite); library(numDeriv); library(survival)})
pick <- function(x) list(yi = as.numeric(x$yi), vi = as.numeric(x$vi))
# 1. effects by escalc()
n <- dat.normand1999; h <- dat.hart1999; p <- dat.pritz1997; n8 <- dat.nielweise2008
effects <- list(
  means = with(n, list(m1i = m1i, sd1i = sd1i, n1i = n1i, m2i = m2i, sd2i = sd2i, n2i = n2i)),
  rom = pick(escalc("ROM", m1i = m1i, sd1i = sd1i, n1i = n1i, m2i = m2i, sd2i = sd2i, n2i = n2i, data = n)),
  change = lapply(c(0.2, 0.5, 0.8), function(r) c(list(r = r), pick(escalc("MC", m1i = c(18, 25), m2i = c(21, 26), sd1i = c(5, 7), sd2i = c(4, 6), ni = c(20, 35), ri = c(r, r))))),
  rates = with(h, list(x1i = x1i, t1i = t1i, x2i = x2i, t2i = t2i)),
  irr = pick(escalc("IRR", x1i = x1i, t1i = t1i, x2i = x2i, t2i = t2i, data = h)),
  ird = pick(escalc("IRD", x1i = x1i, t1i = t1i, x2i = x2i, t2i = t2i, data = h)),
  proportion = list(xi = p$xi, ni = p$ni))
f <- rma(xi = p$xi, ni = p$ni, measure = "PFT", method = "REML", control = list(threshold = 1e-10, maxiter = 10000))
g <- predict(f, transf = transf.ipft.hm, targs = list(ni = p$ni))
effects$freeman_tukey <- list(estimate = g$pred, ci = c(g$ci.lb, g$ci.ub))
# 2. two arms: rma.glmm(), and the same likelihoods by integrate()
d <- dat.nielweise2007; b <- dat.bcg[1:6, ]
tables <- list(nielweise2007 = with(d, list(a = ai, m = n1i, c = ci, q = n2i)),
  bcg6 = with(b, list(a = tpos, m = tpos + tneg, c = cpos, q = cpos + cneg)),
  zeros = list(a = c(0, 2, 5, 0, 1), m = c(20, 30, 41, 25, 33), c = c(3, 1, 9, 0, 4), q = c(22, 28, 40, 25, 30)))
integral <- function(f, lo, hi, bend) {
  top <- optimize(f, c(lo, hi), maximum = TRUE, tol = 1e-10)
  h <- 1e-3; s <- 1 / sqrt(max(1e-8, -(f(top$maximum + h) - 2 * top$objective + f(top$maximum - h)) / h^2))
  log(integrate(function(t) exp(f(t) - top$objective), top$maximum - 14 * s, top$maximum + 14 * s, rel.tol = 1e-11, subdivisions = 5000)$value) + top$objective
}
best <- function(given, start) {
  ll <- function(q) given(c(q[1], max(q[2], -7)))
  o <- optim(start, function(q) -ll(q), method = "Nelder-Mead", control = list(reltol = 1e-15, maxit = 20000))
  for (i in 1:3) o <- optim(o$par, function(q) -ll(q), method = "Nelder-Mead", control = list(reltol = 1e-16, maxit = 20000))
  o$par[2] <- max(o$par[2], -7); o
}
se_of <- function(ll, o) if (o$par[2] < -6.9) NULL else sqrt(solve(hessian(function(q) -ll(c(q[1], log(q[2]))), c(o$par[1], exp(o$par[2]))))[1, 1])
hyper <- function(t, i, s) { # log P(a | total events) at log odds ratio t, vectorised in t
  x <- max(0, s$a[i] + s$c[i] - s$q[i]):min(s$m[i], s$a[i] + s$c[i])
  w <- lchoose(s$m[i], x) + lchoose(s$q[i], s$a[i] + s$c[i] - x)
  sapply(t, function(u) { z <- w + x * u; w[x == s$a[i]] + s$a[i] * u - max(z) - log(sum(exp(z - max(z)))) })
}
conditional <- function(s) {
  keep <- which(s$a + s$c > 0 & s$a + s$c < s$m + s$q)
  ll <- function(q) sum(sapply(keep, function(i) integral(function(t) hyper(t, i, s) + dnorm(t, q[1], exp(q[2]), log = TRUE), -15, 15)))
  o <- best(ll, c(-0.5, -0.7))
  list(mu = o$par[1], tau2 = exp(2 * o$par[2]), se = se_of(ll, o), log_likelihood = -o$value)
}
run <- function(measure, ...) { r <- try(suppressWarnings(rma.glmm(measure = measure, ...)), silent = TRUE)
  if (inherits(r, "try-error")) NULL else list(mu = c(r$beta), se = r$se, tau2 = r$tau2, lrt = r$QE.LRT, log_likelihood = r$fit.stats["ll", "ML"]) }
two <- lapply(tables, function(s) c(s, list(exact_conditional = conditional(s),
  cm_el = run("OR", ai = s$a, n1i = s$m, ci = s$c, n2i = s$q, model = "CM.EL"),
  cm_al = run("OR", ai = s$a, n1i = s$m, ci = s$c, n2i = s$q, model = "CM.AL", nAGQ = 41),
  um_fs = run("OR", ai = s$a, n1i = s$m, ci = s$c, n2i = s$q, model = "UM.FS", nAGQ = 41))))
# 3. rates: Poisson-normal for one arm; conditional binomial for two
one_rate <- function(x, t) {
  ll <- function(q) sum(mapply(function(a, b) integral(function(u) dpois(a, b * exp(u), log = TRUE) + dnorm(u, q[1], exp(q[2]), log = TRUE), -20, 10), x, t))
  o <- best(ll, c(log(sum(x) / sum(t)), -0.7))
  list(mu = o$par[1], tau2 = exp(2 * o$par[2]), se = se_of(ll, o), log_likelihood = -o$value)
}
two_rates <- function(s) {
  keep <- which(s$x1 + s$x2 > 0)
  ll <- function(q) sum(sapply(keep, function(i) integral(function(u) dbinom(s$x1[i], s$x1[i] + s$x2[i], plogis(u + log(s$t1[i] / s$t2[i])), log = TRUE) + dnorm(u, q[1], exp(q[2]), log = TRUE), -15, 15)))
  o <- best(ll, c(-0.5, -0.7))
  list(mu = o$par[1], tau2 = exp(2 * o$par[2]), se = se_of(ll, o), log_likelihood = -o$value)
}
r <- list(x1 = n8$x1i, t1 = n8$t1i, x2 = n8$x2i, t2 = n8$t2i)
rates <- c(r, list(arm = one_rate(r$x2, r$t2), conditional = two_rates(r),
  metafor_arm = run("IRLN", xi = n8$x2i, ti = n8$t2i, nAGQ = 41),
  metafor_conditional = run("IRR", x1i = n8$x1i, t1i = n8$t1i, x2i = n8$x2i, t2i = n8$t2i, model = "CM.EL", nAGQ = 41)))
# 4. Kaplan-Meier curves of trials, read off at regular times, and Cox's hazard ratio of the same patients
curve <- function(time, status, arm, at) {
  f <- survfit(Surv(time, status) ~ arm); s <- summary(f, times = c(0, at), extend = TRUE)
  part <- function(i) { k <- as.integer(s$strata) == i; list(survival = s$surv[k], at_risk = s$n.risk[k], se = s$std.err[k]) }
  x <- coxph(Surv(time, status) ~ arm)
  list(days = c(0, at), treated = part(2), control = part(1), log_hr = unname(coef(x)), se = sqrt(vcov(x)[1, 1]), events = sum(status))
}
q <- subset(pbc, !is.na(trt)); v <- veteran; g <- ovarian
curves <- list(pbc = curve(q$time, as.integer(q$status == 2), as.integer(q$trt == 1), seq(365, 3650, 365)),
  veteran = curve(v$time, v$status, as.integer(v$trt == 2), seq(60, 600, 60)),
  ovarian = curve(g$futime, g$fustat, as.integer(g$rx == 2), seq(90, 900, 90)),
  colon = with(subset(colon, etype == 2 & rx != "Lev"), curve(time, status, as.integer(rx == "Lev+5FU"), seq(180, 2700, 180))))
write_json(list(made_with = list(R = R.version.string, metafor = as.character(packageVersion("metafor")), survival = as.character(packageVersion("survival")),
  command = "Rscript tests/reference/rare.R tests/reference/rare.json"), effects = effects, two = two, rates = rates, curves = curves),
  commandArgs(TRUE)[1], digits = NA, auto_unbox = TRUE, null = "null", na = "null")
