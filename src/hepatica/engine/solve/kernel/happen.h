/* Events of the model: each has a level, and happens when its level rises from below zero to zero or above. */
#if N_EVENTS
#define SEARCHES (sizeof(REAL) == 4 ? 22 : 46)

/* Whether any level that was below zero no longer is. */
INLINE M risen(const group *g, const T *level)
{
  M found = NO_LANE;
  for (int k = 0; k < N_EVENTS; k++) found |= v_lt(g->level[k], K(0.0)) & v_le(K(0.0), level[k]);
  return found;
}

PLAIN void happens(const problem *q, group *g, int k, M lanes)
{
  T z[N_STATES];
  int list[LANES];
  for (int n = which_lanes(lanes, list), j = 0; j < n; j++) {
    const int64_t at = k * q->n_patients + g->patient[list[j]];
    if (!q->how_often[at]++) q->happened[at] = AT(g->t, list[j]);
  }
  act(k, to_real(g->t), g->y, g->p, g->c, z);
  for (int i = 0; i < N_STATES; i++)
    if (event_sets[k][i]) g->y[i] = v_select(lanes, nonnegative[i] ? v_max(z[i], K(0.0)) : z[i], g->y[i]);
  if (event_stops[k]) g->halted |= lanes;
}

/* Let happen what has risen in these lanes since their levels were last looked at, and all that this brings about. */
PLAIN void settle(const problem *q, group *g, M moved)
{
  for (int pass = 0; pass < 2 * N_EVENTS + 2; pass++) {
    T level[N_EVENTS];
    M now[N_EVENTS], some = NO_LANE;
    crossing(to_real(g->t), g->y, g->p, g->c, level);
    for (int k = 0; k < N_EVENTS; k++) {
      now[k] = moved & v_lt(g->level[k], K(0.0)) & v_le(K(0.0), level[k]);
      g->level[k] = v_select(moved, level[k], g->level[k]);
      some |= now[k];
    }
    if (!any(some)) return;
    for (int k = 0; k < N_EVENTS; k++)
      if (any(now[k])) happens(q, g, k, now[k] & ~g->halted);
    g->fresh |= some;
    moved = some & ~g->halted;
  }
  g->endless |= moved;
}

/* Look for events within an accepted step that leads to `end` at `now`. Where one happens before the end, bring both
   back to it; return the lanes in which one happens. A level is looked at in the middle of a step and at its end. */
PLAIN M locate(group *g, M accept, T used, const T *after, T (*u)[N_STATES], D *now, T *end)
{
  T bends[DENSE][N_STATES], y[N_STATES], level[N_EVENTS], last[N_EVENTS];
  const T t = to_real(g->t);
  bend(u, bends, 0);
  T low = K(0.0), high = K(0.5);
  for (int i = 0; i < N_STATES; i++) y[i] = within(g, after, bends, i, high);
  crossing(t + high * used, y, g->p, g->c, level);
  crossing(to_real(*now), after, g->p, g->c, last);
  const M early = accept & risen(g, level), hit = accept & (early | risen(g, last));
  const M kept = accept & ~hit;
  if (any(hit)) {
    low = v_select(early, K(0.0), high);
    high = v_select(early, high, K(1.0));
    for (int search = 0; search < (int)SEARCHES; search++) {
      const T x = (low + high) * (REAL)0.5;
      for (int i = 0; i < N_STATES; i++) y[i] = within(g, after, bends, i, x);
      crossing(t + x * used, y, g->p, g->c, level);
      const M over = risen(g, level);
      high = v_select(over, x, high);
      low = v_select(over, low, x);
    }
    const M inside = hit & v_lt(high, K(1.0));
    *now = d_select(to_time_mask(inside), g->t + to_time(high) * to_time(used), *now);
    for (int i = 0; i < N_STATES; i++) end[i] = v_select(inside, within(g, after, bends, i, high), end[i]);
  }
  for (int k = 0; k < N_EVENTS; k++) g->level[k] = v_select(kept, last[k], g->level[k]);
  return hit;
}
#endif
