/* How long a step is: the first one from the slope, the next ones from the error of the last (Gustafsson's predictive
   controller), each cut where the course stops for an event. */
#define SAFETY 0.95
#define BELIEVED 0.3

INLINE T norm2(const T *e, const T *y, const T *z, const T *absolute, REAL rtol)
{
  T sum = K(0.0);
  for (int i = 0; i < N_STATES; i++) {
    T r = e[i] * v_rough_recip(absolute[i] + rtol * v_max(v_abs(y[i]), v_abs(z[i])));
    sum += r * r;
  }
  return sum * (REAL)(1.0 / N_STATES);
}

INLINE void add_inflow(const problem *q, const group *g, T *f)
{
  if (q->infusions)
    for (int i = 0; i < N_STATES; i++) f[i] += g->inflow[i];
}

/* The first step where the slope is f and changes at f2: one per cent of the way to a change as large as the state;
   longer where a course that bends at the rate |f2| / |f| would then err by a tenth of the tolerance. */
INLINE T first_step(const problem *q, const group *g, const T *absolute, const T *f, const T *f2)
{
  T zero[N_STATES] = {K(0.0)};
  const REAL rtol = (REAL)q->rtol;
  const T size = v_max(v_sqrt(norm2(g->y, g->y, zero, absolute, rtol)), K(1.0));
  const T slope = v_max(v_sqrt(norm2(f, g->y, zero, absolute, rtol)), K(1e-20));
  const T careful = (REAL)0.01 * size / slope;
  if (!f2) return careful;
  const T left = to_real(g->stop - g->t);
  const T bend = v_max(v_sqrt(norm2(f2, g->y, zero, absolute, rtol)) / slope, K(1.0) / left);
  const T bold = v_exp(K(1.0 / ERROR_ORDER) * v_log((REAL)0.1 * bend / slope)) / bend;
  return v_select(v_lt(careful, bold), bold, careful);
}

/* The step to try from here, where the slope is f and changes at f2 (if that is known). */
INLINE T next_step(const problem *q, group *g, const T *absolute, const T *f, const T *f2)
{
  if (any(g->fresh)) {
    g->h = v_select(g->fresh, first_step(q, g, absolute, f, f2), g->h);
    g->last_h = v_select(g->fresh, K(0.0), g->last_h);
    g->fresh = NO_LANE;
  }
  const T left = to_real(g->stop - g->t);
  /* The last two steps before a stop share what is left. */
  T h = v_select(v_lt(g->h * (REAL)1.01, left), v_min(g->h, left * (REAL)0.51), left);
  return v_select(g->busy, h, K(1.0));
}

/* Hold states at zero and return the error norm. What holding takes away counts as error, so that no model is quietly
   bent. */
INLINE T weigh(const problem *q, const group *g, const T *absolute, const T *error, T *z)
{
  T weighed[N_STATES];
  for (int i = 0; i < N_STATES; i++) {
    weighed[i] = error[i];
    if (nonnegative[i]) {
      const T held = v_max(z[i], K(0.0));
      weighed[i] = v_abs(error[i]) + (held - z[i]);
      z[i] = held;
    }
  }
  return v_sqrt(norm2(weighed, g->y, z, absolute, (REAL)q->rtol));
}

/* The factor by which the next step is shorter: by the error, and by how the error came to differ from the last one;
   a change for the better is believed in part. */
INLINE T shrinkage(const group *g, T used, T error)
{
  const T root = K(1.0 / ERROR_ORDER), log_error = v_log(v_max(error, K(1e-4)));
  const T log_last = v_log(v_max(g->last_error, K(0.01)));
  T trend = v_log(v_max(g->last_h, K(1e-30)) / used) + (log_error - log_last) * root;
  trend = v_select(v_lt(K(0.0), g->last_h) & v_le(error, K(1.0)), trend, K(0.0));
  trend = v_max(trend, trend * (REAL)BELIEVED);
  return v_min(v_max(v_exp(log_error * root + trend) * (REAL)(1.0 / SAFETY), K(1.0 / 6.0)), K(5.0));
}

/* Choose the next step after one of size `used`. */
INLINE void adapt(group *g, T used, T error, M finite, M accept)
{
  const M cut = v_lt(used * (REAL)1.02, g->h);
  T h = used / v_select(finite, shrinkage(g, used, error), K(4.0));
  g->steps -= g->busy;
  h = v_select(accept & g->rejected, v_min(h, used), h);
  /* A step that a stop cut short says little about the step that the course allows. */
  h = v_select(accept & cut, v_max(h, g->h), h);
  g->h = v_select(g->busy, h, K(1.0));
  g->last_h = v_select(accept, used, g->last_h);
  g->last_error = v_select(accept, error, g->last_error);
  g->rejected = g->busy & ~accept;
}
