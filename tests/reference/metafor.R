# Makes metafor.json: what R metafor says of public datasets. Run: Rscript tests/reference/metafor.R tests/reference/metafor.json
# Debian packages: r-cran-metafor r-cran-metadat r-cran-jsonlite.
suppressMessages({library(metafor); library(metadat); library(jsonlite)})
tight <- list(threshold = 1e-10, maxiter = 10000, tol = 1e-12)  # tol: root of PM, loose (1e-4) by default
methods <- c("FE", "DL", "PM", "REML", "ML", "SJ", "EB")
sets <- list(
  bcg_rr = escalc("RR", ai = tpos, bi = tneg, ci = cpos, di = cneg, data = dat.bcg),
  bcg_or = escalc("OR", ai = tpos, bi = tneg, ci = cpos, di = cneg, data = dat.bcg),
  hine1989_rd = escalc("RD", n1i = n1i, n2i = n2i, ai = ai, ci = ci, data = dat.hine1989),
  li2007_or = escalc("OR", ai = ai, n1i = n1i, ci = ci, n2i = n2i, data = dat.li2007),
  linde2005_rr = escalc("RR", ai = ai, n1i = n1i, ci = ci, n2i = n2i, data = dat.linde2005),
  nielweise2007_or = escalc("OR", ai = ai, n1i = n1i, ci = ci, n2i = n2i, data = dat.nielweise2007),
  collins1985b_or = escalc("OR", ai = ped.xti, n1i = fup.nti, ci = ped.xci, n2i = fup.nci, data = dat.collins1985b),
  damico2009_or = escalc("OR", ai = xt, n1i = nt, ci = xc, n2i = nc, data = dat.damico2009),
  lau1992_or = escalc("OR", ai = ai, n1i = n1i, ci = ci, n2i = n2i, data = dat.lau1992),
  egger2001_or = escalc("OR", ai = ai, n1i = n1i, ci = ci, n2i = n2i, data = dat.egger2001),
  yusuf1985_or = escalc("OR", ai = ai, n1i = n1i, ci = ci, n2i = n2i, data = dat.yusuf1985, subset = table == "6"),
  laopaiboon2015_rr = escalc("RR", ai = ai, n1i = n1i, ci = ci, n2i = n2i, data = dat.laopaiboon2015),
  normand1999_md = escalc("MD", m1i = m1i, sd1i = sd1i, n1i = n1i, m2i = m2i, sd2i = sd2i, n2i = n2i, data = dat.normand1999),
  normand1999_smd = escalc("SMD", m1i = m1i, sd1i = sd1i, n1i = n1i, m2i = m2i, sd2i = sd2i, n2i = n2i, data = dat.normand1999),
  curtis1998_rom = escalc("ROM", m1i = m1i, sd1i = sd1i, n1i = n1i, m2i = m2i, sd2i = sd2i, n2i = n2i, data = dat.curtis1998, subset = 1:40),
  raudenbush1985 = dat.raudenbush1985,
  hackshaw1998 = dat.hackshaw1998,
  bangertdrowns2004 = dat.bangertdrowns2004,
  molloy2014_zcor = escalc("ZCOR", ri = ri, ni = ni, data = dat.molloy2014),
  mcdaniel1994_zcor = escalc("ZCOR", ri = ri, ni = ni, data = dat.mcdaniel1994, subset = 1:60),
  pritz1997_plo = escalc("PLO", xi = xi, ni = ni, data = dat.pritz1997),
  hart1999_irr = escalc("IRR", x1i = x1i, x2i = x2i, t1i = t1i, t2i = t2i, data = dat.hart1999),
  two_studies = data.frame(yi = c(0.2, 1.1), vi = c(0.05, 0.08)),
  no_spread = data.frame(yi = c(0.30, 0.31, 0.29, 0.30), vi = c(0.04, 0.09, 0.01, 0.02))
)
one <- function(d, m) {
  wald <- rma(yi, vi, data = d, method = m, control = tight)
  knha <- rma(yi, vi, data = d, method = m, test = "knha", control = tight)
  adhoc <- suppressWarnings(rma(yi, vi, data = d, method = m, test = "adhoc", control = tight))
  pw <- predict(wald); pk <- predict(knha)
  ct <- if (m == "FE") c(NA, NA) else {
    x <- try(suppressWarnings(confint(wald, control = list(tau2.max = 1e4, tol = 1e-12, maxiter = 1e6)))$random["tau^2", 2:3], silent = TRUE)
    if (inherits(x, "try-error")) c(NA, NA) else unname(x)
  }
  list(estimate = c(wald$beta), tau2 = wald$tau2, tau2_ci = ct, q = wald$QE, q_p = wald$QEp, i2 = wald$I2, h2 = wald$H2,
    wald = list(se = wald$se, ci = c(wald$ci.lb, wald$ci.ub), p = wald$pval, pi = if (m == "FE") NULL else c(pw$pi.lb, pw$pi.ub)),
    hksj = list(se = knha$se, ci = c(knha$ci.lb, knha$ci.ub), p = knha$pval, pi = if (m == "FE") NULL else c(pk$pi.lb, pk$pi.ub)),
    adhoc = list(se = adhoc$se, ci = c(adhoc$ci.lb, adhoc$ci.ub), p = adhoc$pval))
}
rows <- lapply(sets, function(d) {
  d <- d[!is.na(d$yi) & !is.na(d$vi), ]
  out <- lapply(setNames(methods, methods), function(m) one(d, m))
  list(yi = as.numeric(d$yi), vi = as.numeric(d$vi), results = out)
})
side <- function(x) list(estimate = c(x$beta), se = x$se, ci = c(x$ci.lb, x$ci.ub), q = x$QE)
b <- dat.bcg; e <- subset(dat.yusuf1985, table == "6" & !is.na(ai) & !is.na(ci))
tables <- list(
  bcg = list(ai = b$tpos, n1i = b$tpos + b$tneg, ci = b$cpos, n2i = b$cpos + b$cneg),
  yusuf1985 = list(ai = e$ai, n1i = e$n1i, ci = e$ci, n2i = e$n2i),
  zeros = list(ai = c(0, 2, 5, 0), n1i = c(20, 30, 41, 25), ci = c(3, 1, 9, 0), n2i = c(22, 28, 40, 25))
)
pooled_tables <- lapply(tables, function(t) {
  f <- function(...) suppressWarnings(rma.mh(ai = t$ai, n1i = t$n1i, ci = t$ci, n2i = t$n2i, ..., correct = FALSE, add = 0, to = "none", drop00 = TRUE))
  p <- suppressWarnings(rma.peto(ai = t$ai, n1i = t$n1i, ci = t$ci, n2i = t$n2i))
  eff <- lapply(setNames(c("OR", "RR", "RD", "PETO"), c("OR", "RR", "RD", "PETO")), function(m) {
    x <- suppressWarnings(escalc(m, ai = t$ai, n1i = t$n1i, ci = t$ci, n2i = t$n2i, drop00 = m != "RD"))
    list(yi = as.numeric(x$yi), vi = as.numeric(x$vi))
  })
  c(t, list(effects = eff, mh_or = side(f(measure = "OR")), mh_rr = side(f(measure = "RR")), mh_rd = side(f(measure = "RD")), peto = side(p)))
})
n <- dat.normand1999
means <- list(m1i = n$m1i, sd1i = n$sd1i, n1i = n$n1i, m2i = n$m2i, sd2i = n$sd2i, n2i = n$n2i)
means$effects <- lapply(setNames(c("MD", "SMD"), c("MD", "SMD")), function(m) {
  x <- escalc(m, m1i = n$m1i, sd1i = n$sd1i, n1i = n$n1i, m2i = n$m2i, sd2i = n$sd2i, n2i = n$n2i)
  list(yi = as.numeric(x$yi), vi = as.numeric(x$vi))
})
b <- sets$bcg_rr
regress <- function(mods, m, test) {
  r <- rma(yi, vi, mods = mods, data = b, method = m, test = test, control = tight)
  list(estimate = c(r$beta), se = r$se, p = r$pval, tau2 = r$tau2, i2 = r$I2, qe = r$QE, qe_p = r$QEp)
}
models <- list(ablat = ~ ablat, ablat_year = ~ ablat + year)
regression <- lapply(models, function(f) lapply(setNames(c("FE", "DL", "REML", "ML", "PM"), c("FE", "DL", "REML", "ML", "PM")),
  function(m) list(knha = regress(f, m, "knha"), z = regress(f, m, "z"))))
eg <- lapply(sets[c("bcg_rr", "egger2001_or", "hackshaw1998")], function(d) {
  x <- regtest(d$yi, d$vi, model = "lm")
  list(t = x$zval, df = x$dfs, p = x$pval, limit = x$est, limit_ci = c(x$ci.lb, x$ci.ub))
})
write_json(list(
  made_with = list(R = R.version.string, metafor = as.character(packageVersion("metafor")), metadat = as.character(packageVersion("metadat")),
    command = "Rscript tests/reference/metafor.R tests/reference/metafor.json", control = "list(threshold=1e-10, maxiter=10000, tol=1e-12)"),
  regression = list(ablat = b$ablat, year = b$year, models = regression), egger = eg, sets = rows, tables = pooled_tables, means = means), commandArgs(TRUE)[1], digits = NA, auto_unbox = TRUE, null = "null", na = "null")
