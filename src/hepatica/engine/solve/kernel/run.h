/* The run: LANES patients advance together, each with its own time, step and fate; a lane whose patient is done takes
   the next one. A patient's numbers depend on that patient alone, never on its neighbours, on threads or on chunks. */
#ifndef METHOD
#define METHOD 5
#endif
#include "tableau.h"
#include "problem.h"
#include "output.h"
#include "happen.h"
#include "control.h"
#ifdef EXPLICIT
#include "explicit.h"
#else
#include "rosenbrock.h"
#endif

/* Fill idle lanes with the next patients. */
PLAIN void refill(const problem *q, group *g, queue *w, int64_t *next, int64_t last, int64_t stride)
{
  M taken = NO_LANE;
  int list[LANES], n = 0;
  for (int k = 0, idle = which_lanes(~g->busy, list); k < idle && *next < last && !(q->stop && *q->stop); k++, n++) {
    take(q, g, list[k], *next);
    AT(taken, list[k]) = -1;
    *next += stride;
  }
  if (!n) return;
  T y0[N_STATES];
  prepare(g->p, g->c);
  initial(g->p, y0);
  for (int s = 0; s < N_STATES; s++) {
    g->y[s] = v_select(taken, y0[s], g->y[s]);
    if (q->initial[s])
      for (int k = 0; k < n; k++)
        AT(g->y[s], list[k]) = (REAL)value_at(q->initial[s], q->initial_stride[s], g->patient[list[k]]);
  }
#if N_EVENTS
  T level[N_EVENTS];
  crossing(to_real(g->t), g->y, g->p, g->c, level);
  for (int k = 0; k < N_EVENTS; k++) g->level[k] = v_select(taken, level[k], g->level[k]);
#endif
  for (int k = 0; k < n; k++) {
    const int l = list[k];
    next_stop(q, g, l);
    if (AT(g->next_output, l) <= AT(g->t, l)) enqueue(q, w, g, l, AT(g->t, l), g->y);
    meet_events(q, g, l);
  }
#if N_EVENTS
  settle(q, g, taken);
#endif
  for (int k = 0; k < n; k++) {
    const int l = list[k];
#if N_EVENTS
    if (AT(g->halted, l) | AT(g->endless, l)) {
      finish(q, g, l, AT(g->endless, l) ? ENDLESS : STOPPED);
      continue;
    }
#endif
    if (g->output[l] == q->n_times) finish(q, g, l, DONE);
  }
}

/* Run every patient first, first + stride, ... before last; return the first one not taken. */
PLAIN int64_t advance(const problem *q, int64_t first, int64_t last, int64_t stride)
{
  group g = {0};
  queue w = {0};
  T u[STAGES][N_STATES], z[N_STATES], absolute[N_STATES];
  for (int i = 0; i < N_STATES; i++) absolute[i] = K(q->atol * q->scale[i]);
  for (int k = 0; k < N_PARAMETERS; k++) g.p[k] = K(1.0);
#if LANES > 1
  for (int k = 0; k < N_PARAMETERS; k++) w.p[k] = K(1.0);
#endif
  for (int64_t k = 0; k < q->n_observables; k++) {
    const int64_t which = q->observables[k];
    if (which < N_STATES) w.needed[which] = 1;
    for (int i = 0; which >= N_STATES && i < N_STATES; i++) w.needed[i] |= needs[which - N_STATES][i];
    w.computed |= which >= N_STATES;
  }
  const D shortest = KD(1e-25 * (q->times[q->n_times - 1] - q->start));
  int64_t next = first;
  for (;;) {
    if (any(~g.busy)) refill(q, &g, &w, &next, last, stride);
    if (!any(g.busy)) {
      if (next >= last || (q->stop && *q->stop)) break;
      continue;
    }
    T used, growth;
    const T error = attempt(q, &g, absolute, &used, &growth, u, z);
    const M finite = v_lt(error, K(1e30)), accept = v_le(error, K(1.0)) & g.busy;
    M arrives = v_le(to_real(g.stop - g.t), used);
    adapt(&g, used, error, finite, accept);

    D now = d_select(to_time_mask(accept), d_select(to_time_mask(arrives), g.stop, g.t + to_time(used)), g.t);
    const T *ends = z;
#if N_EVENTS
    T end[N_STATES];
    for (int i = 0; i < N_STATES; i++) end[i] = z[i];
    const M hit = locate(&g, accept, used, z, u, &now, end);
    arrives &= to_mask(d_le(g.stop, now));
    ends = end;
#endif
    const M due = accept & to_mask(d_le(g.next_output, now));
    if (any(due)) interpolate(q, &w, &g, due, now, used, z, ends, u);
    g.t = now;
    for (int i = 0; i < N_STATES; i++) g.y[i] = v_select(accept, ends[i], g.y[i]);

    const M arrived = accept & arrives;
    const M stuck = g.rejected & to_mask(d_le(to_time(g.h), shortest) | d_eq(g.t + to_time(g.h), g.t));
    const M spent = g.busy & w_le((WHOLE)q->max_steps, g.steps);
    const M lost = g.busy & v_lt(K(CANCELLED / EPSILON), growth);
    M look = arrived | stuck | spent | lost;
#if N_EVENTS
    if (any(hit)) settle(q, &g, hit);
    M unknown = NO_LANE;
    for (int k = 0; k < N_EVENTS; k++) unknown |= accept & ~v_eq(g.level[k], g.level[k]);
    look |= g.busy & (g.halted | g.endless | unknown);
#endif
    int list[LANES];
    for (int n = which_lanes(look, list), k = 0; k < n; k++) {
      const int l = list[k];
#if N_EVENTS
      if (AT(unknown, l) | AT(g.endless, l) | AT(g.halted, l)) {
        finish(q, &g, l, AT(unknown, l) ? NOT_FINITE : AT(g.endless, l) ? ENDLESS : STOPPED);
        continue;
      }
#endif
      if (AT(lost, l))
        finish(q, &g, l, LOST_DIGITS);
      else if (AT(arrived, l) && g.output[l] == q->n_times)
        finish(q, &g, l, DONE);
      else if (AT(arrived, l))
        meet_events(q, &g, l);
      else if (AT(stuck, l))
        finish(q, &g, l, AT(finite, l) ? STEP_TOO_SMALL : NOT_FINITE);
      else
        finish(q, &g, l, STEP_LIMIT);
    }
#if N_EVENTS
    if (any(arrived & g.busy)) settle(q, &g, arrived & g.busy);
#endif
  }
  flush(q, &w);
  return next;
}

#ifdef DEVICE
extern "C" __global__ void run_all(const problem *q, int64_t first, int64_t last)
{
  const int64_t threads = (int64_t)gridDim.x * blockDim.x;
  advance(q, first + (int64_t)blockIdx.x * blockDim.x + threadIdx.x, last, threads);
}
#else
EXPORT int64_t run(const problem *q, int64_t first, int64_t last)
{
  const uint64_t denormals = flush_denormals();
  const int64_t next = advance(q, first, last, 1);
  for (int64_t i = next; i < last; i++) q->code[i] = INTERRUPTED;
  restore_denormals(denormals);
  return next - first;
}

EXPORT int64_t about(int what)
{
  const int64_t facts[] = {LANES, sizeof(REAL), N_STATES, N_PARAMETERS, N_OUTPUTS, METHOD, sizeof(problem), N_EVENTS};
  return facts[what];
}
#endif
