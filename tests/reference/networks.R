# Makes networks.json: networks, rankings, splits and components by netmeta. Run: Rscript tests/reference/networks.R tests/reference/networks.json NAME=FILE...
# each FILE the --json answer of `hepatica evidence network` (its arms are kept in networks.json). Packages: netmeta 3.2-0 and meta 8.2-1
# from their authors' repositories (guido-s/netmeta, guido-s/meta), the rest as for more.R.
suppressMessages({library(netmeta); library(metadat); library(jsonlite)})
counts <- function(study, trt, x, n) { z <- ave(x == 0 | x == n, study, FUN = any) * 0.5
  data.frame(study = as.character(study), trt = as.character(trt), y = log((x + z) / (n - x + z)), v = 1 / (x + z) + 1 / (n - x + z)) }
fit <- function(a, method) { # arms as means of 100, so that netmeta knows how contrasts of one trial go together (REML takes them as independent otherwise)
  p <- pairwise(treat = trt, mean = y, sd = 10 * sqrt(v), n = rep(100, length(y)), studlab = study, data = a, sm = "MD")
  netmeta(p, sm = "MD", method.tau = method, common = TRUE, random = TRUE, prediction = TRUE, small.values = "desirable", control = if (method == "REML") list(optimizer = "optim", optmethod = "Nelder-Mead", reltol = 1e-16, maxit = 1e5))
}
score <- function(n, kind) { r <- netrank(n, small.values = "desirable", common = TRUE, random = TRUE); as.list(if (kind == "FE") r$ranking.common else r$ranking.random) }
read <- function(n, kind) { w <- if (kind == "FE") "common" else "random"; ref <- n$trts[1]
  list(estimate = unname(n[[paste0("TE.", w)]][-1, ref]), se = unname(n[[paste0("seTE.", w)]][-1, ref]), p_scores = score(n, kind),
    tau2 = if (kind == "FE") 0 else n$tau^2, predicted = if (kind == "FE") NULL else unname(cbind(n$lower.predict[-1, ref], n$upper.predict[-1, ref]))) }
splits <- function(n, kind, how) { s <- netsplit(n, method = how); w <- if (kind == "FE") "common" else "random"
  d <- s[[paste0("direct.", w)]]; i <- s[[paste0("indirect.", w)]]; k <- s[[paste0("compare.", w)]]
  keep <- which(!is.na(k$TE)); ab <- strsplit(s$comparison[keep], ":", fixed = TRUE)
  lapply(seq_along(keep), function(j) { r <- keep[j]; list(treatment = ab[[j]][1], against = ab[[j]][2], direct = d$TE[r], direct_se = d$seTE[r], indirect = i$TE[r], indirect_se = i$seTE[r], difference = k$TE[r], se = k$seTE[r], p = k$p[r]) }) }
one <- function(a) {
  a <- a[order(a$study, a$trt), ]; rownames(a) <- NULL
  ways <- c("FE", "DL", "REML"); fits <- Filter(Negate(is.null), lapply(setNames(ways, ways), function(m) tryCatch(fit(a, if (m == "FE") "DL" else m), error = function(e) NULL))); n <- fits$DL; ways <- names(fits)
  d <- tryCatch(decomp.design(n), error = function(e) NULL)
  list(study = a$study, trt = a$trt, y = a$y, v = a$v, treatments = n$trts, fits = lapply(setNames(ways, ways), function(m) read(fits[[m]], m)),
    q = n$Q, q_df = n$df.Q, q_within = n$Q.heterogeneity, q_within_df = n$df.Q.heterogeneity, q_between = n$Q.inconsistency, q_between_df = n$df.Q.inconsistency,
    designs = if (!is.null(d)) with(d$Q.inc.random, list(q = Q, df = df, tau2 = tau.within^2)),
    splits = list(FE = splits(n, "FE", "Back-calculation"), DL = splits(n, "DL", "Back-calculation"), FE_apart = splits(n, "FE", "SIDDE")))
}
parts <- function(a, inactive) { n <- fit(transform(a, trt = gsub(" + ", "|", trt, fixed = TRUE)), "DL")
  k <- discomb(n$TE, n$seTE, n$treat1, n$treat2, n$studlab, inactive = inactive, sep.comps = "|", common = TRUE, random = TRUE)
  list(inactive = inactive, names = k$comps, FE = list(estimate = unname(k$Comp.common), se = unname(k$seComp.common)),
    DL = list(estimate = unname(k$Comp.random), se = unname(k$seComp.random), tau2 = k$tau^2),
    q = k$Q.additive, q_df = k$df.Q.additive, q_difference = k$Q.diff, difference_df = k$df.Q.diff, difference_p = k$pval.Q.diff) }
d <- dat.senn2013; k <- dat.hasselblad1998; data(Baker2009); b <- Baker2009; data(Franchini2012); f <- Franchini2012
senn <- data.frame(study = d$study, trt = as.character(d$treatment), y = d$mi, v = d$sdi^2 / d$ni)
smoke <- counts(k$study, k$trt, k$xi, k$ni)
copd <- with(subset(b, !(study %in% unique(study)[tapply(exac, factor(study, unique(study)), sum) == tapply(total, factor(study, unique(study)), sum)])), counts(paste(study, year, id), gsub("+", " + ", treatment, fixed = TRUE), exac, total))
off <- do.call(rbind, lapply(1:3, function(i) data.frame(study = f$Study, trt = f[[paste0("Treatment", i)]], y = f[[paste0("y", i)]], v = f[[paste0("sd", i)]]^2 / f[[paste0("n", i)]])))
off <- subset(off, !is.na(y) & trt != "")
networks <- lapply(list(senn2013 = senn, hasselblad1998 = smoke, baker2009 = copd, franchini2012 = off), one)
networks$baker2009$parts <- parts(copd, "Placebo")
for (x in commandArgs(TRUE)[-1]) { at <- strsplit(x, "=", fixed = TRUE)[[1]]; j <- fromJSON(at[2], simplifyVector = FALSE)
  a <- do.call(rbind, lapply(j$used, function(u) do.call(rbind, lapply(u$arms, function(r) data.frame(study = r$study, trt = r$treatment, y = r$y, v = r$v)))))
  networks[[at[1]]] <- one(a); networks[[at[1]]]$parts <- tryCatch(parts(a, "standard care"), error = function(e) { message(at[1], ": ", e); NULL }) }
write_json(list(made_with = list(R = R.version.string, netmeta = as.character(packageVersion("netmeta")), meta = as.character(packageVersion("meta")), command = "Rscript tests/reference/networks.R tests/reference/networks.json NAME=FILE..."),
  networks = networks), commandArgs(TRUE)[1], digits = 10, auto_unbox = TRUE, null = "null", na = "null")
