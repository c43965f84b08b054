/* Rosenbrock steps, for stiff models, in the form of Hairer & Wanner, Solving ODEs II, section IV.7:
   (I/(gamma h) - J) u_i = f(t + c_i h, y + sum a_ij u_j) + (1/h) sum C_ij u_j + h d_i df/dt,
   y_new = (argument of the last stage) + u_last, error = u_last. */
INLINE T attempt(const problem *q, group *g, const T *absolute, T *used, T *growth, T (*u)[N_STATES], T *z)
{
  T f[N_STATES], ft[N_STATES], lu[N_LU];
#if N_JACOBIAN <= (STAGES - 1) * N_STATES
  T *J = u[1];
#else
  T J[N_JACOBIAN];
#endif
  const T t = to_real(g->t);
  linearise(t, g->y, g->p, g->c, f, J, ft);
  add_inflow(q, g, f);
  T f2[N_STATES];
  if (any(g->fresh)) turn(J, ft, g->p, g->c, f, f2);
  const T h = *used = next_step(q, g, absolute, f, f2), ih = v_recip(h);
  *growth = factorise(J, g->p, g->c, ih * (REAL)(1.0 / GAMMA), lu);
  for (int i = 0; i < N_STATES; i++) u[0][i] = K(0.0);
#pragma GCC unroll 8
  for (int s = 0; s < STAGES; s++) {
    if (s > 0) {
      for (int i = 0; i < N_STATES; i++) {
        T last = u[0][i], y = g->y[i] + last * (REAL)A[s][0], sum = last * (REAL)C[s][0];
        for (int j = 1; j < s; j++) {
          last = u[j][i];
          y += last * (REAL)A[s][j];
          sum += last * (REAL)C[s][j];
        }
        z[i] = s > STAGES - CLOSING ? z[i] + last : y;
        u[s][i] = sum;
      }
      rate(t + h * (REAL)C_T[s], z, g->p, g->c, f);
      add_inflow(q, g, f);
    }
    if (!AUTONOMOUS && DT[s] != 0)
      for (int i = 0; i < N_STATES; i++) f[i] += h * (REAL)DT[s] * ft[i];
    solve(lu, f, ih, u[s]);
  }
  for (int i = 0; i < N_STATES; i++) z[i] += u[STAGES - 1][i];
  return weigh(q, g, absolute, u[STAGES - 1], z);
}
