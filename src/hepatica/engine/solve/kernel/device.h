/* One lane on its own: what lanes.h offers, for CUDA, where each thread takes a patient. A mask is 0 or -1. It is C++ but
   for a few words of CUDA: where those are defined, what a GPU would run can be tested without one. */
#ifdef __CUDACC_RTC__
typedef signed char int8_t;
typedef int int32_t;
typedef long long int64_t;
typedef unsigned long long uint64_t;
#else
#include <math.h>
#include <stdint.h>
#endif

#undef LANES
#define LANES 1
#ifdef SINGLE
typedef float REAL;
typedef int32_t WHOLE;
#define EPSILON 1.1920929e-7
#define MATHS(name) name##f
#else
typedef double REAL;
typedef int64_t WHOLE;
#define EPSILON 2.220446049250313e-16
#define MATHS(name) name
#endif

#ifdef __CUDACC_RTC__
#define NAN __int_as_float(0x7fffffff)
#define INFINITY __int_as_float(0x7f800000)
#endif

#define RESTRICT __restrict__
#define EXPORT static __device__
#define INLINE static __device__ __forceinline__
#define KERNEL static __device__
#define PLAIN static __device__
#define TABLE static __device__ const
#define AT(x, lane) (x)
#define NO_LANE ((M)0)

typedef REAL T;
typedef WHOLE M;
typedef double D;
typedef int64_t DM;

INLINE T K(double x) { return (REAL)x; }
INLINE D KD(double x) { return x; }
INLINE T v_select(M m, T a, T b) { return m ? a : b; }
INLINE D d_select(DM m, D a, D b) { return m ? a : b; }
INLINE M v_lt(T a, T b) { return a < b ? -1 : 0; }
INLINE M v_le(T a, T b) { return a <= b ? -1 : 0; }
INLINE M v_eq(T a, T b) { return a == b ? -1 : 0; }
INLINE M w_le(WHOLE a, M b) { return a <= b ? -1 : 0; }
INLINE DM d_le(D a, D b) { return a <= b ? -1 : 0; }
INLINE DM d_eq(D a, D b) { return a == b ? -1 : 0; }
INLINE T to_real(D x) { return (T)x; }
INLINE D to_time(T x) { return (D)x; }
INLINE DM to_time_mask(M m) { return m; }
INLINE M to_mask(DM m) { return (M)m; }
INLINE int any(M m) { return m != 0; }
INLINE uint64_t flush_denormals(void) { return 0; }
INLINE void restore_denormals(uint64_t) {}
INLINE int which_lanes(M m, int *list)
{
  list[0] = 0;
  return m != 0;
}

INLINE T v_abs(T x) { return MATHS(fabs)(x); }
INLINE T v_recip(T x) { return (REAL)1.0 / x; }
INLINE T v_rough_recip(T x) { return (REAL)1.0 / x; }
INLINE T v_sqrt(T x) { return MATHS(sqrt)(x); }
INLINE T v_exp(T x) { return MATHS(exp)(x); }
INLINE T v_log(T x) { return MATHS(log)(x); }
INLINE T v_tanh(T x) { return MATHS(tanh)(x); }

/* A bound that is a number against an x that may be NaN, which passes; the others pass a NaN on from either side. */
INLINE T v_at_least(T bound, T x) { return x < bound ? bound : x; }
INLINE T v_at_most(T bound, T x) { return bound < x ? bound : x; }
INLINE T v_min(T a, T b) { return b < a || b != b ? b : a; }
INLINE T v_max(T a, T b) { return a < b || b != b ? b : a; }
INLINE T v_sign(T x) { return (T)((x > 0) - (x < 0)); }

/* x^n where log x is known: 0 at x = 0 for n > 0. */
INLINE T v_pow(T x, T n, T log_x)
{
  if (x == 0) return n > 0 ? (T)0 : n < 0 ? (T)INFINITY : (T)1;
  return x != x ? x : v_exp(n * log_x);
}
