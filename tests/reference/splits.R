# Makes splits.json: component networks, node splits and design-by-treatment models. Run: Rscript tests/reference/splits.R tests/reference/splits.json
# Debian packages: r-cran-metafor r-cran-metadat r-cran-jsonlite. Arms to contrasts with the study's first arm; rma.mv, rho = 1/2 between contrasts.
suppressMessages({library(metafor); library(metadat); library(jsonlite)})
contrasts <- function(a) {
  rows <- do.call(rbind, lapply(split(a, a$study), function(s) { s <- s[order(s$trt), ]
    data.frame(study = s$study[1], base = s$trt[1], trt = s$trt[-1], yi = s$y[-1] - s$y[1], v0 = s$v[1], v1 = s$v[-1], design = paste(s$trt, collapse = ":")) }))
  rows$con <- ave(seq_len(nrow(rows)), rows$study, FUN = seq_along)
  V <- bldiag(lapply(split(rows, factor(rows$study, unique(rows$study))), function(s) diag(s$v1, nrow(s)) + s$v0[1]))
  list(rows = rows, V = V)
}
at <- function(k, X, t2) rma.mv(yi, k$V, mods = X, intercept = FALSE, random = ~ con | study, rho = 1/2, tau2 = t2, data = k$rows)
random <- function(k, X) { # one variance: its restricted likelihood, maximised by a line search to full accuracy
  ll <- function(t2) c(logLik(at(k, X, t2), REML = TRUE))
  o <- optimize(ll, c(0, 5), maximum = TRUE, tol = 1e-9)
  at(k, X, if (ll(0) >= o$objective) 0 else o$maximum)
}
basic <- function(k, trts) sapply(trts[-1], function(t) (k$rows$trt == t) - (k$rows$base == t))
split_one <- function(k, trts, a, b) { # b against a: half on each side, in the studies that have both (symmetrical)
  both <- names(which(sapply(split(k$rows, k$rows$study), function(s) all(c(a, b) %in% c(s$base, s$trt)))))
  score <- function(t) ifelse(t == b, 0.5, ifelse(t == a, -0.5, 0))
  d <- ifelse(k$rows$study %in% both, score(k$rows$trt) - score(k$rows$base), 0)
  x <- cbind(basic(k, trts), split = d)
  if (qr(x)$rank < ncol(x)) return(NULL)
  r <- random(k, x)
  L <- c((trts[-1] == b) - (trts[-1] == a), 0); n <- length(L)
  direct <- sum(L * r$beta) + r$beta[n]; vd <- c(t(L + c(rep(0, n - 1), 1)) %*% r$vb %*% (L + c(rep(0, n - 1), 1)))
  list(a = a, b = b, direct = direct, direct_se = sqrt(vd), indirect = sum(L * r$beta), indirect_se = sqrt(c(t(L) %*% r$vb %*% L)), difference = r$beta[n], se = r$se[n], p = r$pval[n], tau2 = r$tau2)
}
one <- function(a) {
  k <- contrasts(a); trts <- sort(unique(a$trt))
  pairs <- unique(do.call(rbind, lapply(split(a, a$study), function(s) t(combn(sort(s$trt), 2)))))
  splits <- Filter(Negate(is.null), lapply(seq_len(nrow(pairs)), function(i) split_one(k, trts, pairs[i, 1], pairs[i, 2])))
  D <- model.matrix(~ 0 + interaction(design, trt, drop = TRUE), k$rows)
  full <- random(k, D); X <- basic(k, trts)
  M <- k$V + full$tau2 * 0.5 * (diag(nrow(k$rows)) + 1) * outer(k$rows$study, k$rows$study, "==")
  W <- solve(M); gls <- function(X) { b <- solve(t(X) %*% W %*% X, t(X) %*% W %*% k$rows$yi); e <- k$rows$yi - X %*% b; c(t(e) %*% W %*% e) }
  list(study = a$study, trt = a$trt, y = a$y, v = a$v, splits = splits, design_by_treatment = list(tau2 = full$tau2, q = gls(X) - gls(D), df = ncol(D) - ncol(X)))
}
s <- dat.senn2013
senn <- data.frame(study = s$study, trt = as.character(s$treatment), y = s$mi, v = s$sdi^2 / s$ni)
k <- dat.hasselblad1998
z <- ave(k$xi == 0 | k$xi == k$ni, k$study, FUN = any) * 0.5
smoke <- data.frame(study = as.character(k$study), trt = as.character(k$trt), y = log((k$xi + z) / (k$ni - k$xi + z)), v = 1 / (k$xi + z) + 1 / (k$ni - k$xi + z))
# components: invented arms, so that every combination is known
set.seed(7)
combos <- c("placebo", "A", "B", "C", "A + B", "A + C", "B + C")
truth <- c(placebo = 0, A = -0.5, B = 0.3, C = -0.2)
value <- function(t) sum(truth[strsplit(t, " + ", fixed = TRUE)[[1]]])
designs <- list(c("placebo", "A"), c("placebo", "B"), c("A", "A + B"), c("placebo", "A + C", "C"), c("B", "B + C"), c("A", "C"), c("placebo", "A + B"), c("placebo", "A"), c("B + C", "A + B"), c("placebo", "C"))
comp <- do.call(rbind, lapply(seq_along(designs), function(i) { d <- designs[[i]]; u <- rnorm(1)
  data.frame(study = sprintf("s%02d", i), trt = d, y = u + sapply(d, value) + rnorm(length(d), 0, 0.25), v = round(runif(length(d), 0.02, 0.08), 3)) }))
comp$y <- round(comp$y, 4)
kc <- contrasts(comp)
has <- function(t) sapply(c("A", "B", "C"), function(p) as.numeric(p %in% strsplit(t, " + ", fixed = TRUE)[[1]]))
Xc <- t(sapply(kc$rows$trt, has)) - t(sapply(kc$rows$base, has))
fe <- rma.mv(kc$rows$yi, kc$V, mods = Xc, intercept = FALSE); re <- random(kc, Xc)
std <- rma.mv(kc$rows$yi, kc$V, mods = basic(kc, sort(unique(comp$trt))), intercept = FALSE)
components <- list(study = comp$study, trt = comp$trt, y = comp$y, v = comp$v, fixed = list(b = c(fe$beta), se = fe$se, q = fe$QE, df = fe$k - fe$p), random = list(b = c(re$beta), se = re$se, tau2 = re$tau2), standard = list(q = std$QE, df = std$k - std$p))
write_json(list(made_with = list(R = R.version.string, metafor = as.character(packageVersion("metafor")), command = "Rscript tests/reference/splits.R tests/reference/splits.json"),
  networks = list(senn2013 = one(senn), hasselblad1998 = one(smoke)), components = components), commandArgs(TRUE)[1], digits = NA, auto_unbox = TRUE, null = "null", na = "null")
