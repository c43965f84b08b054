/* Explicit Runge-Kutta steps, for models that are not stiff: u_i = h f(t + c_i h, y + sum a_ij u_j), the last stage
   at the new state, error = sum e_i u_i. */
INLINE T attempt(const problem *q, group *g, const T *absolute, T *used, T *growth, T (*u)[N_STATES], T *z)
{
  T f[N_STATES], error[N_STATES];
  rate(to_real(g->t), g->y, g->p, g->c, f);
  add_inflow(q, g, f);
  const T h = *used = next_step(q, g, absolute, f, 0);
  *growth = K(1.0);
  for (int i = 0; i < N_STATES; i++) u[0][i] = h * f[i];
#pragma GCC unroll 8
  for (int s = 1; s < STAGES; s++) {
    for (int i = 0; i < N_STATES; i++) {
      T y = g->y[i] + u[0][i] * (REAL)A[s][0];
      for (int j = 1; j < s; j++) y += u[j][i] * (REAL)A[s][j];
      z[i] = y;
    }
    rate(to_real(g->t) + h * (REAL)C_T[s], z, g->p, g->c, f);
    add_inflow(q, g, f);
    for (int i = 0; i < N_STATES; i++) u[s][i] = h * f[i];
  }
  for (int i = 0; i < N_STATES; i++) {
    error[i] = u[0][i] * (REAL)E[0];
    for (int s = 1; s < STAGES; s++) error[i] += u[s][i] * (REAL)E[s];
  }
  return weigh(q, g, absolute, error, z);
}
