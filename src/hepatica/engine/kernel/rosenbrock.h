/* The run: LANES patients advance together, each with its own time, step and fate; a lane whose patient is done takes
   the next one. A patient's numbers depend on that patient alone, never on its neighbours, on threads or on chunks. */
#ifndef METHOD
#define METHOD 4
#endif
#include "tableau.h"

#ifndef SAFETY
#define SAFETY 0.9
#endif

enum { DONE = 0, STEP_LIMIT = 1, NOT_FINITE = 2, STEP_TOO_SMALL = 3, INTERRUPTED = 4 };

enum { AT_ONCE = 0, INFUSION = 1, INFUSION_END = 2, BREAKPOINT = 3 };

typedef struct {
  double time, duration;
  int64_t kind, state;
  const double *amount; /* null for a breakpoint */
  int64_t stride;
} event;

typedef struct {
  const double *const *parameters;
  const int64_t *parameter_stride;
  const double *const *initial; /* null where the model's own value holds */
  const int64_t *initial_stride;
  const double *scale;
  const double *times;
  const event *events; /* by time; an infusion stands twice, at its start and at its end */
  const int64_t *observables;
  int64_t n_patients, n_times, n_events, n_observables, max_steps, infusions;
  double start, rtol, atol;
  double *out; /* [n_observables][n_times][n_patients] */
  int8_t *code;
  int32_t *steps;
  double *reached;
  const volatile int32_t *stop;
} problem;

typedef struct {
  T y[N_STATES], p[N_PARAMETERS], c[N_HOISTED], inflow[N_STATES];
  D t, stop, next_output;
  T h, last_h, last_error;
  M busy, fresh, rejected, steps;
  int64_t patient[LANES], output[LANES], event[LANES];
} group;

INLINE double value_at(const double *values, int64_t stride, int64_t i) { return values[i * stride]; }

static double amount_of(const event *e, int64_t patient)
{
  return value_at(e->amount, e->stride, patient);
}

static int concerns(const event *e, int64_t patient) { return e->kind == BREAKPOINT || amount_of(e, patient) != 0.0; }

static void next_stop(const problem *q, group *g, int l)
{
  const double last = q->times[q->n_times - 1];
  while (g->event[l] < q->n_events && !concerns(&q->events[g->event[l]], g->patient[l])) g->event[l]++;
  const double event_time = g->event[l] < q->n_events ? q->events[g->event[l]].time : INFINITY;
  g->stop[l] = event_time < last ? event_time : last;
  g->next_output[l] = g->output[l] < q->n_times ? q->times[g->output[l]] : INFINITY;
}

/* Give what is due at this time: doses at once into the state, infusions into the inflow. */
static void meet_events(const problem *q, group *g, int l)
{
  const double now = g->t[l];
  const int64_t i = g->patient[l];
  for (; g->event[l] < q->n_events && q->events[g->event[l]].time <= now; g->event[l]++) {
    const event *e = &q->events[g->event[l]];
    if (e->kind != AT_ONCE || !concerns(e, i)) continue;
    const double y = g->y[e->state][l] + amount_of(e, i);
    g->y[e->state][l] = (REAL)(nonnegative[e->state] && y < 0 ? 0 : y);
  }
  if (q->infusions) {
    for (int s = 0; s < N_STATES; s++) g->inflow[s][l] = 0;
    for (int64_t k = 0; k < q->n_events; k++) {
      const event *e = &q->events[k];
      if (e->kind == INFUSION && e->time <= now && now < e->time + e->duration)
        g->inflow[e->state][l] += (REAL)(amount_of(e, i) / e->duration);
    }
  }
  g->fresh[l] = -1;
  next_stop(q, g, l);
}

static void finish(const problem *q, group *g, int l, int code)
{
  const int64_t i = g->patient[l];
  q->code[i] = (int8_t)code;
  q->steps[i] = (int32_t)g->steps[l];
  q->reached[i] = g->t[l];
  g->busy[l] = 0;
}

static void take(const problem *q, group *g, int l, int64_t i)
{
  g->patient[l] = i;
  g->output[l] = g->event[l] = 0;
  g->steps[l] = 0;
  g->t[l] = q->start;
  g->busy[l] = -1;
  g->rejected[l] = 0;
  for (int k = 0; k < N_PARAMETERS; k++)
    g->p[k][l] = (REAL)value_at(q->parameters[k], q->parameter_stride[k], i);
}

/* Write the outputs that lie in (old, t] of the lanes in `due`; `u` is null at the very start. */
static void write_outputs(const problem *q, group *g, M due, D old, const T *before, T (*u)[N_STATES])
{
  T dense[DENSE][N_STATES];
  const T h = to_real(g->t - old);
  if (u)
    for (int i = 0; i < N_STATES; i++)
      for (int d = 0; d < DENSE; d++) {
        T sum = u[0][i] * (REAL)H[d][0];
        for (int s = 1; s < STAGES; s++) sum += u[s][i] * (REAL)H[d][s];
        dense[d][i] = sum;
      }
  while (any(due)) {
    T y[N_STATES], o[N_OUTPUTS + 1];
    D now = d_select(to_time_mask(due), g->next_output, g->t);
    T x = v_select((M)(h != K(0.0)), to_real(now - old) / v_select((M)(h != K(0.0)), h, K(1.0)), K(1.0));
    x = v_select(to_mask((DM)(now >= g->t)), K(1.0), x);
    for (int i = 0; i < N_STATES; i++) {
      T between = g->y[i];
      if (u) {
        T bend = dense[DENSE - 1][i];
        for (int d = DENSE - 2; d >= 0; d--) bend = dense[d][i] + x * bend;
        between = before[i] * (K(1.0) - x) + x * (g->y[i] + (K(1.0) - x) * bend);
        between = v_select(to_mask((DM)(now >= g->t)), g->y[i], between);
        if (nonnegative[i]) between = v_max(between, K(0.0));
      }
      y[i] = between;
    }
    observe(to_real(now), y, g->p, g->c, o);
    M still = due;
    for (int l = 0; l < LANES; l++) {
      if (!due[l]) continue;
      for (int64_t k = 0; k < q->n_observables; k++) {
        const int64_t which = q->observables[k];
        const REAL v = which < N_STATES ? y[which][l] : o[which - N_STATES][l];
        q->out[(k * q->n_times + g->output[l]) * q->n_patients + g->patient[l]] = v;
      }
      g->output[l]++;
      g->next_output[l] = g->output[l] < q->n_times ? q->times[g->output[l]] : INFINITY;
      if (!(g->next_output[l] <= g->t[l])) still[l] = 0;
    }
    due = still;
  }
}

/* Fill idle lanes with the next patients. */
static void refill(const problem *q, group *g, int64_t *next, int64_t last)
{
  M taken = {0};
  for (int l = 0; l < LANES; l++) {
    if (!g->busy[l] && *next < last && !(q->stop && *q->stop)) {
      take(q, g, l, (*next)++);
      taken[l] = -1;
    }
  }
  if (!any(taken)) return;
  T y0[N_STATES];
  prepare(g->p, g->c);
  initial(g->p, y0);
  for (int s = 0; s < N_STATES; s++) {
    g->y[s] = v_select(taken, y0[s], g->y[s]);
    for (int l = 0; l < LANES; l++)
      if (taken[l] && q->initial[s]) g->y[s][l] = (REAL)value_at(q->initial[s], q->initial_stride[s], g->patient[l]);
  }
  M due = {0};
  for (int l = 0; l < LANES; l++)
    if (taken[l]) {
      next_stop(q, g, l);
      due[l] = g->next_output[l] <= g->t[l] ? -1 : 0;
    }
  write_outputs(q, g, due, g->t, g->y, 0);
  for (int l = 0; l < LANES; l++) {
    if (!taken[l]) continue;
    meet_events(q, g, l);
    if (g->output[l] == q->n_times) finish(q, g, l, DONE);
  }
}

INLINE T norm2(const T *e, const T *y, const T *z, const T *absolute, REAL rtol)
{
  T sum = K(0.0);
  for (int i = 0; i < N_STATES; i++) {
    T r = e[i] * v_rough_recip(absolute[i] + rtol * v_max(v_abs(y[i]), v_abs(z[i])));
    sum += r * r;
  }
  return sum * (REAL)(1.0 / N_STATES);
}

/* Try one step of every lane: its size in `used`, its stages in u, the state it leads to in z; return the error norm. */
INLINE T attempt(const problem *q, group *g, const T *absolute, T *used, T (*u)[N_STATES], T *z)
{
  T f[N_STATES], J[N_JACOBIAN], ft[N_STATES], lu[N_LU];
  const T t = to_real(g->t);
  linearise(t, g->y, g->p, g->c, f, J, ft);
  if (q->infusions)
    for (int i = 0; i < N_STATES; i++) f[i] += g->inflow[i];
  if (any(g->fresh)) {
    T zero[N_STATES] = {{0}};
    T size = v_sqrt(norm2(g->y, g->y, zero, absolute, (REAL)q->rtol));
    T slope = v_sqrt(norm2(f, g->y, zero, absolute, (REAL)q->rtol));
    T first = (REAL)0.01 * v_max(size, K(1.0)) / v_max(slope, K(1e-20));
    g->h = v_select(g->fresh, first, g->h);
    g->last_h = v_select(g->fresh, K(0.0), g->last_h);
    g->fresh = (M){0};
  }
  const T left = to_real(g->stop - g->t);
  /* The last two steps before a stop share what is left. */
  T h = v_select(v_lt(g->h * (REAL)1.01, left), v_min(g->h, left * (REAL)0.51), left);
  h = *used = v_select(g->busy, h, K(1.0));
  const T ih = v_recip(h);
  factorise(J, g->p, g->c, ih * (REAL)(1.0 / GAMMA), lu);
#pragma GCC unroll 8
  for (int s = 0; s < STAGES; s++) {
    if (s > 0) {
      if (s > STAGES - CLOSING)
        for (int i = 0; i < N_STATES; i++) z[i] += u[s - 1][i];
      else
        for (int i = 0; i < N_STATES; i++) {
          T sum = g->y[i];
          for (int j = 0; j < s; j++) sum += u[j][i] * (REAL)A[s][j];
          z[i] = sum;
        }
      rate(t + h * (REAL)AT[s], z, g->p, g->c, f);
      if (q->infusions)
        for (int i = 0; i < N_STATES; i++) f[i] += g->inflow[i];
      for (int i = 0; i < N_STATES; i++) {
        T sum = u[0][i] * (REAL)C[s][0];
        for (int j = 1; j < s; j++) sum += u[j][i] * (REAL)C[s][j];
        f[i] += ih * sum;
      }
    }
    for (int i = 0; i < N_STATES; i++) u[s][i] = AUTONOMOUS || DT[s] == 0 ? f[i] : f[i] + h * (REAL)DT[s] * ft[i];
    solve(lu, u[s]);
  }
  for (int i = 0; i < N_STATES; i++) z[i] += u[STAGES - 1][i];
  return v_sqrt(norm2(u[STAGES - 1], g->y, z, absolute, (REAL)q->rtol));
}

/* The factor by which the next step is shorter, after Gustafsson's predictive controller. */
INLINE T shrinkage(const group *g, T used, T error)
{
  const T low = v_max(error, K(1e-4)), root = K(1.0 / ERROR_ORDER), log_error = v_log(low);
  const T plain = v_exp(log_error * root) * (REAL)(1.0 / SAFETY);
  const T log_last = v_log(v_max(g->last_error, K(0.01)));
  const T known = v_max(g->last_h, K(1e-30));
  T predicted = known / used * v_exp((log_error * (REAL)2.0 - log_last) * root) * (REAL)(1.0 / SAFETY);
  predicted = v_select(v_lt(K(0.0), g->last_h) & v_le(error, K(1.0)), predicted, plain);
  return v_min(v_max(v_max(plain, predicted), K(1.0 / 6.0)), K(5.0));
}

EXPORT int64_t run(const problem *q, int64_t first, int64_t last)
{
  group g = {0};
  T u[STAGES][N_STATES], z[N_STATES], before[N_STATES], absolute[N_STATES];
  for (int i = 0; i < N_STATES; i++) absolute[i] = K(q->atol * q->scale[i]);
  for (int k = 0; k < N_PARAMETERS; k++) g.p[k] = K(1.0);
  const D shortest = KD(1e-15 * (q->times[q->n_times - 1] - q->start));
  int64_t next = first;
  for (;;) {
    if (any(~g.busy)) refill(q, &g, &next, last);
    if (!any(g.busy)) {
      if (next >= last || (q->stop && *q->stop)) break;
      continue;
    }
    T used;
    const T error = attempt(q, &g, absolute, &used, u, z);
    const M finite = v_lt(error, K(1e30)), accept = v_le(error, K(1.0)) & g.busy;
    const M cut = v_lt(used * (REAL)1.02, g.h), arrives = v_le(to_real(g.stop - g.t), used);
    g.steps -= g.busy;

    T h = used / v_select(finite, shrinkage(&g, used, error), K(4.0));
    h = v_select(accept & g.rejected, v_min(h, used), h);
    /* A step that a stop cut short says little about the step that the course allows. */
    h = v_select(accept & cut, v_max(h, g.h), h);
    g.h = v_select(g.busy, h, K(1.0));
    g.last_h = v_select(accept, used, g.last_h);
    g.last_error = v_select(accept, error, g.last_error);
    g.rejected = g.busy & ~accept;

    const D old = g.t;
    g.t = d_select(to_time_mask(accept), d_select(to_time_mask(arrives), g.stop, g.t + to_time(used)), g.t);
    for (int i = 0; i < N_STATES; i++) {
      before[i] = g.y[i];
      g.y[i] = v_select(accept, nonnegative[i] ? v_max(z[i], K(0.0)) : z[i], g.y[i]);
    }
    const M due = accept & to_mask((DM)(g.next_output <= g.t));
    if (any(due)) write_outputs(q, &g, due, old, before, u);

    const M arrived = accept & arrives;
    const M stuck = g.rejected & to_mask((DM)(to_time(g.h) <= shortest) | (DM)(g.t + to_time(g.h) == g.t));
    const M spent = g.busy & (M)(g.steps >= (WHOLE)q->max_steps);
    if (!any(arrived | stuck | spent)) continue;
    for (int l = 0; l < LANES; l++) {
      if (arrived[l] && g.output[l] == q->n_times)
        finish(q, &g, l, DONE);
      else if (arrived[l])
        meet_events(q, &g, l);
      else if (stuck[l])
        finish(q, &g, l, finite[l] ? STEP_TOO_SMALL : NOT_FINITE);
      else if (spent[l])
        finish(q, &g, l, STEP_LIMIT);
    }
  }
  for (int64_t i = next; i < last; i++) q->code[i] = INTERRUPTED;
  return next - first;
}

EXPORT int64_t about(int what)
{
  const int64_t facts[] = {LANES, sizeof(REAL), N_STATES, N_PARAMETERS, N_OUTPUTS, METHOD, sizeof(problem)};
  return facts[what];
}
