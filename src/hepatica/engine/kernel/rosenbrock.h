/* The run: LANES patients advance together, each with its own time, step and fate; a lane whose patient is done takes
   the next one. A patient's numbers depend on that patient alone, never on its neighbours, on threads or on chunks. */
#if defined(GENERATED_FOR) && GENERATED_FOR != 1
#error "this model was generated for another kernel: run write_generated again"
#endif
#ifndef METHOD
#define METHOD 5
#endif
#include "tableau.h"

#ifndef SAFETY
#define SAFETY 0.9
#endif

enum { DONE = 0, STEP_LIMIT = 1, NOT_FINITE = 2, STEP_TOO_SMALL = 3, INTERRUPTED = 4, LOST_DIGITS = 5 };

/* The share of a number's digits that elimination may cancel before f32 gives a patient up to f64. */
#define CANCELLED 0.01

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

typedef struct {
  T y[N_STATES], p[N_PARAMETERS], c[N_HOISTED], t;
  int64_t patient[LANES], output[LANES];
  int filled, computed;
  unsigned char needed[N_STATES];
} queue;

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

static void flush(const problem *q, queue *w)
{
  T o[N_OUTPUTS + 1];
  if (w->computed) observe(w->t, w->y, w->p, w->c, o);
  for (int l = 0; l < w->filled; l++)
    for (int64_t k = 0; k < q->n_observables; k++) {
      const int64_t which = q->observables[k];
      const REAL v = which < N_STATES ? w->y[which][l] : o[which - N_STATES][l];
      q->out[(k * q->n_times + w->output[l]) * q->n_patients + w->patient[l]] = v;
    }
  w->filled = 0;
}

/* Queue one lane's state at an output time; observables are computed when the queue is full of patients. */
static void enqueue(const problem *q, queue *w, group *g, int l, double now, const T *y)
{
  const int k = w->filled++;
  w->patient[k] = g->patient[l];
  w->output[k] = g->output[l];
  w->t[k] = (REAL)now;
  for (int i = 0; i < N_STATES; i++)
    if (w->needed[i]) w->y[i][k] = y[i][l];
  if (w->computed) {
    for (const short *i = observe_p; *i >= 0; i++) w->p[*i][k] = g->p[*i][l];
    for (const short *i = observe_c; *i >= 0; i++) w->c[*i][k] = g->c[*i][l];
  }
  if (w->filled == LANES) flush(q, w);
  g->output[l]++;
  g->next_output[l] = g->output[l] < q->n_times ? q->times[g->output[l]] : INFINITY;
}

/* Queue the outputs in (t, t + used] of the lanes in `due`, from the states before and after and the stages. */
static void interpolate(const problem *q, queue *w, group *g, M due, D now, T used, const T *after, T (*u)[N_STATES])
{
  T bends[DENSE][N_STATES], y[N_STATES];
  for (int i = 0; i < N_STATES; i++)
    if (w->needed[i])
      for (int d = 0; d < DENSE; d++) {
        T sum = u[0][i] * (REAL)H[d][0];
        for (int s = 1; s < STAGES; s++) sum += u[s][i] * (REAL)H[d][s];
        bends[d][i] = sum;
      }
  while (any(due)) {
    const D asked = d_select(to_time_mask(due), g->next_output, now);
    const M at_end = to_mask((DM)(asked >= now));
    const T x = v_select(at_end, K(1.0), to_real(asked - g->t) / used);
    for (int i = 0; i < N_STATES; i++) {
      if (!w->needed[i]) continue;
      T bend = bends[DENSE - 1][i];
      for (int d = DENSE - 2; d >= 0; d--) bend = bends[d][i] + x * bend;
      T between = g->y[i] * (K(1.0) - x) + x * (after[i] + (K(1.0) - x) * bend);
      if (nonnegative[i]) between = v_max(between, K(0.0));
      y[i] = v_select(at_end, after[i], between);
    }
    int list[LANES];
    for (int n = which_lanes(due, list), k = 0; k < n; k++) enqueue(q, w, g, list[k], asked[list[k]], y);
    due &= to_mask((DM)(g->next_output <= now));
  }
}

/* Fill idle lanes with the next patients. */
static void refill(const problem *q, group *g, queue *w, int64_t *next, int64_t last)
{
  M taken = {0};
  int list[LANES], n = 0;
  for (int k = 0, idle = which_lanes(~g->busy, list); k < idle && *next < last && !(q->stop && *q->stop); k++, n++) {
    take(q, g, list[k], (*next)++);
    taken[list[k]] = -1;
  }
  if (!n) return;
  T y0[N_STATES];
  prepare(g->p, g->c);
  initial(g->p, y0);
  for (int s = 0; s < N_STATES; s++) {
    g->y[s] = v_select(taken, y0[s], g->y[s]);
    if (q->initial[s])
      for (int k = 0; k < n; k++)
        g->y[s][list[k]] = (REAL)value_at(q->initial[s], q->initial_stride[s], g->patient[list[k]]);
  }
  for (int k = 0; k < n; k++) {
    const int l = list[k];
    next_stop(q, g, l);
    if (g->next_output[l] <= g->t[l]) enqueue(q, w, g, l, g->t[l], g->y);
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

/* Try one step of every lane: its size in `used`, how much its elimination cancelled in `growth`, its stages in u, the
   state it leads to in z; return the error norm. */
INLINE T attempt(const problem *q, group *g, const T *absolute, T *used, T *growth, T (*u)[N_STATES], T *z)
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
  *growth = factorise(J, g->p, g->c, ih * (REAL)(1.0 / GAMMA), lu);
#pragma GCC unroll 8
  for (int s = 0; s < STAGES; s++) {
    T sums[N_STATES];
    if (s > 0) {
      for (int i = 0; i < N_STATES; i++) {
        T last = u[0][i], y = g->y[i] + last * (REAL)A[s][0], sum = last * (REAL)C[s][0];
        for (int j = 1; j < s; j++) {
          last = u[j][i];
          y += last * (REAL)A[s][j];
          sum += last * (REAL)C[s][j];
        }
        z[i] = s > STAGES - CLOSING ? z[i] + last : y;
        sums[i] = sum;
      }
      rate(t + h * (REAL)AT[s], z, g->p, g->c, f);
      if (q->infusions)
        for (int i = 0; i < N_STATES; i++) f[i] += g->inflow[i];
    }
    for (int i = 0; i < N_STATES; i++) {
      T right = s > 0 ? f[i] + ih * sums[i] : f[i];
      if (!AUTONOMOUS && DT[s] != 0) right += h * (REAL)DT[s] * ft[i];
      u[s][i] = right;
    }
    solve(lu, u[s]);
  }
  /* What holding a state at zero takes away counts as error, so that no model is quietly bent. */
  T *error = u[STAGES - 1], weighed[N_STATES];
  for (int i = 0; i < N_STATES; i++) {
    z[i] += error[i];
    weighed[i] = error[i];
    if (nonnegative[i]) {
      const T held = v_max(z[i], K(0.0));
      weighed[i] = v_abs(error[i]) + (held - z[i]);
      z[i] = held;
    }
  }
  return v_sqrt(norm2(weighed, g->y, z, absolute, (REAL)q->rtol));
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
  const uint64_t denormals = flush_denormals();
  group g = {0};
  queue w = {0};
  T u[STAGES][N_STATES], z[N_STATES], absolute[N_STATES];
  for (int i = 0; i < N_STATES; i++) absolute[i] = K(q->atol * q->scale[i]);
  for (int k = 0; k < N_PARAMETERS; k++) g.p[k] = w.p[k] = K(1.0);
  for (int64_t k = 0; k < q->n_observables; k++) {
    const int64_t which = q->observables[k];
    if (which < N_STATES) w.needed[which] = 1;
    for (int i = 0; which >= N_STATES && i < N_STATES; i++) w.needed[i] |= needs[which - N_STATES][i];
    w.computed |= which >= N_STATES;
  }
  const D shortest = KD(1e-25 * (q->times[q->n_times - 1] - q->start));
  int64_t next = first;
  for (;;) {
    if (any(~g.busy)) refill(q, &g, &w, &next, last);
    if (!any(g.busy)) {
      if (next >= last || (q->stop && *q->stop)) break;
      continue;
    }
    T used, growth;
    const T error = attempt(q, &g, absolute, &used, &growth, u, z);
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

    const D now = d_select(to_time_mask(accept), d_select(to_time_mask(arrives), g.stop, g.t + to_time(used)), g.t);
    const M due = accept & to_mask((DM)(g.next_output <= now));
    if (any(due)) interpolate(q, &w, &g, due, now, used, z, u);
    g.t = now;
    for (int i = 0; i < N_STATES; i++) g.y[i] = v_select(accept, z[i], g.y[i]);

    const M arrived = accept & arrives;
    const M stuck = g.rejected & to_mask((DM)(to_time(g.h) <= shortest) | (DM)(g.t + to_time(g.h) == g.t));
    const M spent = g.busy & (M)(g.steps >= (WHOLE)q->max_steps);
    const M lost = g.busy & (M)(growth > (REAL)(CANCELLED / EPSILON));
    int list[LANES];
    for (int n = which_lanes(arrived | stuck | spent | lost, list), k = 0; k < n; k++) {
      const int l = list[k];
      if (lost[l])
        finish(q, &g, l, LOST_DIGITS);
      else if (arrived[l] && g.output[l] == q->n_times)
        finish(q, &g, l, DONE);
      else if (arrived[l])
        meet_events(q, &g, l);
      else if (stuck[l])
        finish(q, &g, l, finite[l] ? STEP_TOO_SMALL : NOT_FINITE);
      else
        finish(q, &g, l, STEP_LIMIT);
    }
  }
  flush(q, &w);
  for (int64_t i = next; i < last; i++) q->code[i] = INTERRUPTED;
  restore_denormals(denormals);
  return next - first;
}

EXPORT int64_t about(int what)
{
  const int64_t facts[] = {LANES, sizeof(REAL), N_STATES, N_PARAMETERS, N_OUTPUTS, METHOD, sizeof(problem)};
  return facts[what];
}
