# Makes models.json: many effects of one study, influence, selection, permutation, subgroups, posteriors. Run: Rscript tests/reference/models.R tests/reference/models.json
# Debian packages: r-cran-metafor r-cran-metadat r-cran-jsonlite.
suppressMessages({library(metafor); library(metadat); library(jsonlite)})
tight <- list(threshold = 1e-10, maxiter = 10000)
best <- list(optimizer = "optim", optmethod = "Nelder-Mead", reltol = 1e-15, maxit = 100000)
side <- function(r) list(b = c(r$beta), se = r$se, ll = c(r$fit.stats["ll", r$method]), qe = r$QE)
# 1. several times or outcomes of one study: rma.mv()
i <- dat.ishak2007
long <- do.call(rbind, lapply(1:4, function(t) data.frame(study = i$study, day = t, time = c(3, 6, 9, 12)[t], yi = i[[paste0("y", t, "i")]], vi = i[[paste0("v", t, "i")]])))
long <- long[!is.na(long$yi), ]; long <- long[order(long$study, long$time), ]
cs <- vcalc(vi, cluster = study, obs = day, rho = 0.6, data = long)
car <- vcalc(vi, cluster = study, time1 = time, phi = 0.9, data = long)
fit <- function(V, random, ...) rma.mv(yi, V, mods = ~ factor(time) - 1, random = random, data = long, control = best, ...)
both <- function(V) list(
  fixed = side(rma.mv(yi, V, mods = ~ factor(time) - 1, data = long)),
  cs = { r <- fit(V, ~ factor(time) | study, struct = "CS"); c(side(r), list(tau2 = r$tau2, rho = r$rho)) },
  car = { r <- fit(V, ~ time | study, struct = "CAR"); c(side(r), list(tau2 = r$tau2, rho = r$rho)) },
  car_ml = { r <- fit(V, ~ time | study, struct = "CAR", method = "ML"); c(side(r), list(tau2 = r$tau2, rho = r$rho)) },
  intercept = { r <- fit(V, ~ 1 | study); c(side(r), list(sigma2 = r$sigma2)) })
times <- list(study = long$study, time = long$time, yi = as.numeric(long$yi), vi = as.numeric(long$vi), cs = both(cs), car = both(car))
k <- dat.konstantopoulos2011
r <- rma.mv(yi, vi, random = ~ 1 | district/school, data = k, control = best)
nested <- list(district = k$district, yi = as.numeric(k$yi), vi = as.numeric(k$vi), fit = c(side(r), list(sigma2 = r$sigma2)))
f <- dat.fine1993
fl <- do.call(rbind, lapply(1:4, function(t) data.frame(study = f$study, time = 6 * t, a = f[[paste0("e", t, "i")]], m = f$nei, c = f[[paste0("c", t, "i")]], q = f$nci)))
fl <- escalc("OR", ai = a, n1i = m, ci = c, n2i = q, data = fl[!is.na(fl$a) & !is.na(fl$c), ], drop00 = TRUE); fl <- fl[!is.na(fl$yi), ]
fl <- fl[order(fl$study, fl$time), ]
Vf <- vcalc(vi, cluster = study, time1 = time, phi = 0.95, data = fl)
r <- rma.mv(yi, Vf, mods = ~ factor(time) - 1, random = ~ time | study, struct = "CAR", data = fl, control = best)
fine <- list(study = fl$study, time = fl$time, yi = as.numeric(fl$yi), vi = as.numeric(fl$vi), fit = c(side(r), list(tau2 = r$tau2, rho = r$rho)))
# 2. influence()
bcg <- escalc("RR", ai = tpos, bi = tneg, ci = cpos, di = cneg, data = dat.bcg)
sets <- list(bcg = bcg, hackshaw1998 = dat.hackshaw1998, normand1999 = escalc("SMD", m1i = m1i, sd1i = sd1i, n1i = n1i, m2i = m2i, sd2i = sd2i, n2i = n2i, data = dat.normand1999))
influences <- lapply(sets, function(d) lapply(list(REML = "REML", DL = "DL", FE = "FE"), function(m) lapply(list(z = "z", knha = "knha"), function(t) {
  r <- rma(yi, vi, data = d, method = m, test = t, control = tight); x <- influence(r)
  c(lapply(unclass(x$inf)[c("rstudent", "dffits", "cook.d", "cov.r", "tau2.del", "QE.del", "hat", "weight")], as.numeric), list(dfbs = as.numeric(x$dfbs[[1]]), influential = unname(x$is.infl)))
})))
outs <- lapply(sets, function(d) { r <- rma(yi, vi, data = d, control = tight); x <- leave1out(r); cm <- cumul(r)
  list(yi = as.numeric(d$yi), vi = as.numeric(d$vi), leave1out = list(estimate = x$estimate, se = x$se, tau2 = x$tau2, q = x$Q, i2 = x$I2), cumul = list(estimate = cm$estimate, se = cm$se, tau2 = cm$tau2)) })
# 3. selection models, PET and PEESE
sel <- function(d, ...) { r <- rma(yi, vi, data = d, method = "ML", control = tight)
  s <- NULL # the tightest tolerance that its optimiser reaches
  for (tol in c(1e-13, 1e-12, 1e-11, 1e-10)) if (is.null(s)) { x <- try(suppressWarnings(selmodel(r, ..., control = list(optimizer = "nlminb", rel.tol = tol, eval.max = 5000, iter.max = 5000))), silent = TRUE)
    if (!inherits(x, "try-error")) s <- x }
  if (is.null(s)) return(NULL)
  list(b = c(s$beta), se = s$se, tau2 = s$tau2, delta = c(s$delta), se_delta = c(s$se.delta), lrt = s$LRT, lrt_p = s$LRTp, ll = c(s$fit.stats["ll", "ML"])) }
# the beta model by optim() and a tight integrate(): selmodel() integrates too loosely (its maximum lies 0.1 lower in log likelihood)
beta <- function(d) {
  one <- function(y, v, q) { w <- function(x) (q[3] - 1) * pnorm(x / sqrt(v), lower.tail = FALSE, log.p = TRUE) + (q[4] - 1) * pnorm(x / sqrt(v), log.p = TRUE)
    s <- sqrt(v + q[2]); dnorm(y, q[1], s, log = TRUE) + w(y) - log(integrate(function(x) exp(w(x)) * dnorm(x, q[1], s), q[1] - 12 * s, q[1] + 12 * s, rel.tol = 1e-11, subdivisions = 5000)$value) }
  ll <- function(q) if (any(q[2:4] <= 0)) -1e9 else sum(mapply(one, d$yi, d$vi, MoreArgs = list(q = q)))
  o <- list(par = c(mean(d$yi), 0.1, 1.2, 1)); for (i in 1:4) o <- optim(o$par, function(q) -ll(q), control = list(maxit = 20000, reltol = 1e-15))
  list(b = o$par[1], tau2 = o$par[2], delta = o$par[3:4], ll = -o$value)
}
bask <- dat.baskerville2012; bask$yi <- bask$smd; bask$vi <- bask$se^2; hack <- dat.hackshaw1998; ban <- dat.bangertdrowns2004
selection <- lapply(list(baskerville2012 = bask, hackshaw1998 = hack, bangertdrowns2004 = ban), function(d) list(yi = as.numeric(d$yi), vi = as.numeric(d$vi),
  step = sel(d, type = "stepfun", steps = 0.025), step2 = sel(d, type = "stepfun", steps = c(0.05, 0.5)), beta = if (nrow(d) == 37) beta(d) else NULL,
  less = sel(transform(d, yi = -yi), type = "stepfun", steps = 0.025, alternative = "less"),
  two_sided = sel(d, type = "stepfun", steps = 0.05, alternative = "two.sided"),
  pet = { l <- summary(lm(yi ~ sqrt(vi), weights = 1 / vi, data = d))$coefficients; list(b = l[1, 1], se = l[1, 2], p = l[1, 4], slope = l[2, 1], slope_p = l[2, 4]) },
  peese = { l <- summary(lm(yi ~ vi, weights = 1 / vi, data = d))$coefficients; list(b = l[1, 1], se = l[1, 2], p = l[1, 4]) }))
# 4. permutation: every order of six studies; subgroups with their own tau2
six <- bcg[c(1, 3, 4, 7, 9, 12), ]
set.seed(1)
r <- rma(yi, vi, mods = ~ ablat, data = six, method = "DL", test = "knha")
perm <- suppressWarnings(permutest(r, exact = TRUE, progbar = FALSE))
factor_model <- rma(yi, vi, mods = ~ alloc + ablat, data = bcg, method = "REML", test = "knha", control = tight, btt = 2:3)
moderators <- list(six = list(yi = as.numeric(six$yi), vi = as.numeric(six$vi), ablat = six$ablat, p = perm$pval, qm_p = perm$QMp),
  factor = list(alloc = as.character(bcg$alloc), ablat = bcg$ablat, b = c(factor_model$beta), se = factor_model$se, qm = factor_model$QM, qm_p = factor_model$QMp, r2 = factor_model$R2, tau2 = factor_model$tau2))
parts <- lapply(split(bcg, bcg$alloc), function(d) rma(yi, vi, data = d, control = tight))
own <- rma(sapply(parts, function(r) c(r$beta)), sei = sapply(parts, function(r) r$se), method = "FE")
joint <- rma(yi, vi, mods = ~ alloc - 1, data = bcg, control = tight); omni <- rma(yi, vi, mods = ~ alloc, data = bcg, control = tight)
subgroups <- list(names = names(parts), b = unname(sapply(parts, function(r) c(r$beta))), se = unname(sapply(parts, function(r) r$se)), tau2 = unname(sapply(parts, function(r) r$tau2)), q_between = own$QE, p = own$QEp,
  common = list(b = c(joint$beta), se = joint$se, tau2 = joint$tau2, q_between = omni$QM, p = omni$QMp))
# 5. posteriors by integrate(): normal effects, normal mean, heterogeneity half-normal or half-Cauchy; flat mean too
posterior <- function(y, v, dens, s) {
  given <- function(t) { w <- 1 / (v + t^2); P <- sum(w) + 1 / s^2; m <- sum(w * y) / P; list(m = m, v = 1 / P, l = 0.5 * sum(log(w)) - 0.5 * log(P) - 0.5 * (sum(w * y^2) - m^2 * P)) }
  l0 <- max(sapply(seq(0, 5, 0.01), function(t) given(t)$l))
  up <- function(f) integrate(Vectorize(f), 0, 1, rel.tol = 1e-11, subdivisions = 5000)$value + integrate(Vectorize(f), 1, Inf, rel.tol = 1e-11, subdivisions = 5000)$value
  k <- function(t) exp(given(t)$l - l0) * dens(t)
  z <- up(k); e <- function(g) up(function(t) k(t) * g(t, given(t))) / z
  mean <- e(function(t, g) g$m); var <- e(function(t, g) g$v + g$m^2) - mean^2
  cdf <- function(x, new) e(function(t, g) pnorm(x, g$m, sqrt(g$v + new * t^2)))
  q <- function(p, new) uniroot(function(x) cdf(x, new) - p, c(mean - 30 * sqrt(var), mean + 30 * sqrt(var)), tol = 1e-10)$root
  below <- function(x) integrate(Vectorize(k), 0, x, rel.tol = 1e-11, subdivisions = 5000)$value / z
  tq <- function(p) uniroot(function(x) below(x) - p, c(1e-8, 50), tol = 1e-10)$root
  shrink <- sapply(seq_along(y), function(i) e(function(t, g) (y[i] * t^2 + v[i] * g$m) / (t^2 + v[i])))
  shrink2 <- sapply(seq_along(y), function(i) e(function(t, g) { c <- v[i] / (t^2 + v[i]); (c * t^2 + c^2 * g$v) + ((1 - c) * y[i] + c * g$m)^2 }))
  list(mean = mean, sd = sqrt(var), interval = c(q(.025, 0), q(.975, 0)), new = c(q(.025, 1), q(.975, 1)), tau_mean = e(function(t, g) t), tau = c(tq(.025), tq(.5), tq(.975)),
    above = 1 - cdf(0, 0), log_evidence_ratio = NULL, shrunk = shrink, shrunk_sd = sqrt(shrink2 - shrink^2))
}
hn <- function(s) function(t) 2 * dnorm(t, 0, s); hc <- function(s) function(t) 2 * dcauchy(t, 0, s)
bayes <- list(bcg = c(list(yi = as.numeric(bcg$yi), vi = as.numeric(bcg$vi)), list(half_normal = posterior(bcg$yi, bcg$vi, hn(0.5), 2.82), half_cauchy = posterior(bcg$yi, bcg$vi, hc(0.5), 2.82), flat = posterior(bcg$yi, bcg$vi, hn(1), 1e6))),
  three = c(list(yi = c(0.2, 1.1, -0.3), vi = c(0.05, 0.08, 0.3)), list(half_normal = posterior(c(0.2, 1.1, -0.3), c(0.05, 0.08, 0.3), hn(0.5), 2.82), half_cauchy = posterior(c(0.2, 1.1, -0.3), c(0.05, 0.08, 0.3), hc(0.5), 2.82), flat = posterior(c(0.2, 1.1, -0.3), c(0.05, 0.08, 0.3), hn(1), 1e6))))
write_json(list(made_with = list(R = R.version.string, metafor = as.character(packageVersion("metafor")), metadat = as.character(packageVersion("metadat")),
  command = "Rscript tests/reference/models.R tests/reference/models.json"), times = times, nested = nested, fine = fine, influence = influences, sets = outs, selection = selection,
  moderators = moderators, subgroups = subgroups, bayes = bayes), commandArgs(TRUE)[1], digits = NA, auto_unbox = TRUE, null = "null", na = "null")
