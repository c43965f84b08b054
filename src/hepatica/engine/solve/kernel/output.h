/* From steps to output times: dense output between the ends of a step, and, where several lanes make a group, a queue
   that fills one with states before the observables are computed. */

PLAIN void write_out(const problem *q, const T *y, const T *o, int lane, int64_t output, int64_t patient)
{
  for (int64_t k = 0; k < q->n_observables; k++) {
    const int64_t which = q->observables[k];
    const REAL v = which < N_STATES ? AT(y[which], lane) : AT(o[which - N_STATES], lane);
    q->out[(k * q->n_times + output) * q->n_patients + patient] = v;
  }
}

PLAIN void flush(const problem *q, queue *w)
{
#if LANES > 1
  T o[N_OUTPUTS + 1];
  if (w->computed) observe(w->t, w->y, w->p, w->c, o);
  for (int l = 0; l < w->filled; l++) write_out(q, w->y, o, l, w->output[l], w->patient[l]);
  w->filled = 0;
#else
  (void)q, (void)w;
#endif
}

/* Take down one lane's state at an output time. */
PLAIN void enqueue(const problem *q, queue *w, group *g, int l, double now, const T *y)
{
#if LANES > 1
  const int k = w->filled++;
  w->patient[k] = g->patient[l];
  w->output[k] = g->output[l];
  AT(w->t, k) = (REAL)now;
  for (int i = 0; i < N_STATES; i++)
    if (w->needed[i]) AT(w->y[i], k) = AT(y[i], l);
  if (w->computed) {
    for (const short *i = observe_p; *i >= 0; i++) AT(w->p[*i], k) = AT(g->p[*i], l);
    for (const short *i = observe_c; *i >= 0; i++) AT(w->c[*i], k) = AT(g->c[*i], l);
  }
  if (w->filled == LANES) flush(q, w);
#else
  T o[N_OUTPUTS + 1];
  if (w->computed) observe(K(now), y, g->p, g->c, o);
  write_out(q, y, o, l, g->output[l], g->patient[l]);
#endif
  g->output[l]++;
  AT(g->next_output, l) = g->output[l] < q->n_times ? q->times[g->output[l]] : INFINITY;
}

/* The course within a step is a polynomial whose coefficients are sums of the stages. */
INLINE void bend(T (*u)[N_STATES], T (*bends)[N_STATES], const unsigned char *needed)
{
  for (int i = 0; i < N_STATES; i++)
    if (!needed || needed[i])
      for (int d = 0; d < DENSE; d++) {
        T sum = u[0][i] * (REAL)H[d][0];
        for (int s = 1; s < STAGES; s++) sum += u[s][i] * (REAL)H[d][s];
        bends[d][i] = sum;
      }
}

/* State i at the share x of a step that leads to `after`. */
INLINE T within(const group *g, const T *after, T (*bends)[N_STATES], int i, T x)
{
  T bent = bends[DENSE - 1][i];
  for (int d = DENSE - 2; d >= 0; d--) bent = bends[d][i] + x * bent;
  T y = g->y[i] * (K(1.0) - x) + x * (after[i] + (K(1.0) - x) * bent);
  return nonnegative[i] ? v_max(y, K(0.0)) : y;
}

/* Queue the outputs in (t, now] of the lanes in `due`: between the ends of the step, and at `now` the state `end`. */
PLAIN void interpolate(
  const problem *q, queue *w, group *g, M due, D now, T used, const T *after, const T *end, T (*u)[N_STATES])
{
  T bends[DENSE][N_STATES], y[N_STATES];
  bend(u, bends, w->needed);
  while (any(due)) {
    const D asked = d_select(to_time_mask(due), g->next_output, now);
    const M at_end = to_mask(d_le(now, asked));
    const T x = v_select(at_end, K(1.0), to_real(asked - g->t) / used);
    for (int i = 0; i < N_STATES; i++)
      if (w->needed[i]) y[i] = v_select(at_end, end[i], within(g, after, bends, i, x));
    int list[LANES];
    for (int n = which_lanes(due, list), k = 0; k < n; k++) enqueue(q, w, g, list[k], AT(asked, list[k]), y);
    due &= to_mask(d_le(g->next_output, now));
  }
}
