/* What a run is asked, what the lanes hold along it, and what happens at times known before: doses, infusions,
   breakpoints and the knots of forcing tables. */
#if defined(GENERATED_FOR) && GENERATED_FOR != 3
#error "this model was generated for another kernel: run write_generated again"
#endif

enum {
  DONE = 0, STEP_LIMIT = 1, NOT_FINITE = 2, STEP_TOO_SMALL = 3, INTERRUPTED = 4, LOST_DIGITS = 5, STOPPED = 6,
  ENDLESS = 7
};

/* The share of a number's digits that elimination may cancel before f32 gives a patient up to f64. */
#define CANCELLED 0.01

enum { AT_ONCE = 0, INFUSION = 1, INFUSION_END = 2, BREAKPOINT = 3, KNOT = 4 };

typedef struct {
  double time, duration; /* of a knot: how long its segment lasts */
  int64_t kind, state;   /* of a knot: the number of its table */
  const double *amount;  /* null for a breakpoint; of a knot: the value there */
  const double *next;    /* of a knot from which a line leads: the value at the next one */
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
  double *happened;   /* [N_EVENTS][n_patients]: when each event of the model came first */
  int32_t *how_often; /* likewise */
  const volatile int32_t *stop;
} problem;

typedef struct {
  T y[N_STATES], p[N_PARAMETERS], c[N_HOISTED], inflow[N_STATES];
  D t, stop, next_output;
  T h, last_h, last_error;
  M busy, fresh, rejected, steps;
  int64_t patient[LANES], output[LANES], event[LANES];
#if N_EVENTS
  T level[N_EVENTS];
  M halted, endless;
#endif
} group;

typedef struct {
#if LANES > 1
  T y[N_STATES], p[N_PARAMETERS], c[N_HOISTED], t;
  int64_t patient[LANES], output[LANES];
  int filled;
#endif
  int computed;
  unsigned char needed[N_STATES];
} queue;

INLINE double value_at(const double *values, int64_t stride, int64_t i) { return values[i * stride]; }

PLAIN double amount_of(const event *e, int64_t patient) { return value_at(e->amount, e->stride, patient); }

PLAIN int concerns(const event *e, int64_t patient) { return e->kind >= BREAKPOINT || amount_of(e, patient) != 0.0; }

PLAIN void next_stop(const problem *q, group *g, int l)
{
  const double last = q->times[q->n_times - 1];
  while (g->event[l] < q->n_events && !concerns(&q->events[g->event[l]], g->patient[l])) g->event[l]++;
  const double event_time = g->event[l] < q->n_events ? q->events[g->event[l]].time : INFINITY;
  AT(g->stop, l) = event_time < last ? event_time : last;
  AT(g->next_output, l) = g->output[l] < q->n_times ? q->times[g->output[l]] : INFINITY;
}

/* Let a forcing table follow its segment from this knot on: the value there, the time, the slope. */
PLAIN void follow(const event *e, group *g, int l)
{
  const double here = amount_of(e, g->patient[l]);
  const int slot = FORCED + 3 * (int)e->state;
  AT(g->c[slot], l) = (REAL)here;
  AT(g->c[slot + 1], l) = (REAL)e->time;
  AT(g->c[slot + 2], l) = (REAL)(e->next ? (value_at(e->next, e->stride, g->patient[l]) - here) / e->duration : 0.0);
}

/* Give what is due at this time: doses at once into the state, infusions into the inflow, knots to their tables. */
PLAIN void meet_events(const problem *q, group *g, int l)
{
  const double now = AT(g->t, l);
  const int64_t i = g->patient[l];
  for (; g->event[l] < q->n_events && q->events[g->event[l]].time <= now; g->event[l]++) {
    const event *e = &q->events[g->event[l]];
    if (e->kind == KNOT) follow(e, g, l);
    if (e->kind != AT_ONCE || !concerns(e, i)) continue;
    const double y = AT(g->y[e->state], l) + amount_of(e, i);
    AT(g->y[e->state], l) = (REAL)(nonnegative[e->state] && y < 0 ? 0 : y);
  }
  if (q->infusions) {
    for (int s = 0; s < N_STATES; s++) AT(g->inflow[s], l) = 0;
    for (int64_t k = 0; k < q->n_events; k++) {
      const event *e = &q->events[k];
      if (e->kind == INFUSION && e->time <= now && now < e->time + e->duration)
        AT(g->inflow[e->state], l) += (REAL)(amount_of(e, i) / e->duration);
    }
  }
  AT(g->fresh, l) = -1;
  next_stop(q, g, l);
}

PLAIN void finish(const problem *q, group *g, int l, int code)
{
  const int64_t i = g->patient[l];
  q->code[i] = (int8_t)code;
  q->steps[i] = (int32_t)AT(g->steps, l);
  q->reached[i] = AT(g->t, l);
  AT(g->busy, l) = 0;
}

PLAIN void take(const problem *q, group *g, int l, int64_t i)
{
  g->patient[l] = i;
  g->output[l] = g->event[l] = 0;
  AT(g->steps, l) = 0;
  AT(g->t, l) = q->start;
  AT(g->busy, l) = -1;
  AT(g->rejected, l) = 0;
  for (int k = 0; k < N_PARAMETERS; k++)
    AT(g->p[k], l) = (REAL)value_at(q->parameters[k], q->parameter_stride[k], i);
  for (int64_t k = 0; k < q->n_events && q->events[k].time <= q->start; k++)
    if (q->events[k].kind == KNOT) follow(&q->events[k], g, l);
#if N_EVENTS
  AT(g->halted, l) = AT(g->endless, l) = 0;
  for (int64_t k = 0; k < N_EVENTS; k++) {
    q->happened[k * q->n_patients + i] = NAN;
    q->how_often[k * q->n_patients + i] = 0;
  }
#endif
}
