/* The lane type: one C source for scalar and SIMD builds here, and for CUDA through device.h.

   REAL is the number type, LANES how many patients advance together. T holds one REAL for each lane, M a mask
   (all bits set or clear in each lane), D and DM the same for time, which is always double. */
#ifndef HEPATICA_LANES_H
#define HEPATICA_LANES_H

#ifdef DEVICE
#include "device.h"
#else
#include <stdint.h>

#ifndef LANES
#define LANES 1
#endif

#ifdef SINGLE
typedef float REAL;
typedef int32_t WHOLE;
typedef uint32_t UNSIGNED;
#define EPSILON 1.1920929e-7
#else
typedef double REAL;
typedef int64_t WHOLE;
typedef uint64_t UNSIGNED;
#define EPSILON 2.220446049250313e-16
#endif

#ifndef NAN
#define NAN (__builtin_nanf(""))
#define INFINITY (__builtin_inff())
#endif

#define RESTRICT __restrict__
#define EXPORT __attribute__((visibility("default")))
#define INLINE static inline __attribute__((always_inline, unused))
#define KERNEL static __attribute__((noinline, unused))
#define PLAIN static __attribute__((unused))
#define TABLE static const __attribute__((unused))
#define AT(x, lane) ((x)[lane])
#define NO_LANE ((M){0})

typedef REAL T __attribute__((vector_size(LANES * sizeof(REAL)), aligned(LANES * sizeof(REAL))));
typedef WHOLE M __attribute__((vector_size(LANES * sizeof(REAL)), aligned(LANES * sizeof(REAL))));
typedef UNSIGNED UNSIGNED_M __attribute__((vector_size(LANES * sizeof(REAL)), aligned(LANES * sizeof(REAL))));
typedef double D __attribute__((vector_size(LANES * 8), aligned(LANES * 8)));
typedef int64_t DM __attribute__((vector_size(LANES * 8), aligned(LANES * 8)));

INLINE T K(double x) { return (REAL)x - (T){0}; }
INLINE D KD(double x) { return x - (D){0}; }
INLINE T v_select(M m, T a, T b) { return (T)(((M)a & m) | ((M)b & ~m)); }
INLINE D d_select(DM m, D a, D b) { return (D)(((DM)a & m) | ((DM)b & ~m)); }
INLINE M v_lt(T a, T b) { return (M)(a < b); }
INLINE M v_le(T a, T b) { return (M)(a <= b); }
INLINE M v_eq(T a, T b) { return (M)(a == b); }
INLINE M w_le(WHOLE a, M b) { return (M)(a <= b); }
INLINE DM d_le(D a, D b) { return (DM)(a <= b); }
INLINE DM d_eq(D a, D b) { return (DM)(a == b); }
INLINE T to_real(D x) { return __builtin_convertvector(x, T); }
INLINE D to_time(T x) { return __builtin_convertvector(x, D); }
INLINE DM to_time_mask(M m) { return __builtin_convertvector(m, DM); }
INLINE M to_mask(DM m) { return __builtin_convertvector(m, M); }

INLINE int any(M m)
{
#if defined(__clang__)
  return __builtin_reduce_or(m) != 0;
#else
  WHOLE found = 0;
  for (int l = 0; l < LANES; l++) found |= m[l];
  return found != 0;
#endif
}

/* Take numbers below the smallest normal one as zero while a run lasts: they are noise here, and a hundred times slower. */
INLINE uint64_t flush_denormals(void)
{
#if defined(__x86_64__)
  const unsigned old = __builtin_ia32_stmxcsr();
  __builtin_ia32_ldmxcsr(old | 0x8040u);
  return old;
#elif defined(__aarch64__)
  uint64_t old;
  __asm__ volatile("mrs %0, fpcr" : "=r"(old));
  __asm__ volatile("msr fpcr, %0" : : "r"(old | (UINT64_C(1) << 24)));
  return old;
#else
  return 0;
#endif
}

INLINE void restore_denormals(uint64_t old)
{
#if defined(__x86_64__)
  __builtin_ia32_ldmxcsr((unsigned)old);
#elif defined(__aarch64__)
  __asm__ volatile("msr fpcr, %0" : : "r"(old));
#else
  (void)old;
#endif
}

/* List the lanes of a mask; return how many there are. */
INLINE int which_lanes(M m, int *list)
{
  WHOLE set[LANES];
  int n = 0;
  __builtin_memcpy(set, &m, sizeof set);
  for (int l = 0; l < LANES; l++)
    if (set[l]) list[n++] = l;
  return n;
}

INLINE T v_abs(T x) { return (T)((M)x & ((M){0} + (WHOLE)(~(UNSIGNED)0 >> 1))); }
INLINE T v_recip(T x) { return K(1.0) / x; }

/* A bound that is a number against an x that may be NaN, which passes. */
INLINE T v_at_least(T bound, T x) { return v_select(v_lt(x, bound), bound, x); }
INLINE T v_at_most(T bound, T x) { return v_select(v_lt(bound, x), bound, x); }

/* Both pass a NaN on, whichever side it comes from. */
INLINE T v_min(T a, T b) { return v_select((M)(b < a) | (M)(b != b), b, a); }
INLINE T v_max(T a, T b) { return v_select((M)(a < b) | (M)(b != b), b, a); }
INLINE T v_sign(T x) { return v_select(v_lt(K(0.0), x), K(1.0), v_select(v_lt(x, K(0.0)), K(-1.0), K(0.0))); }

INLINE T v_sqrt(T x)
{
#if defined(__clang__)
  return __builtin_elementwise_sqrt(x);
#else
  T r = x;
  for (int l = 0; l < LANES; l++)
#ifdef SINGLE
    r[l] = __builtin_sqrtf(x[l]);
#else
    r[l] = __builtin_sqrt(x[l]);
#endif
  return r;
#endif
}

#include "maths.h"
#endif
#endif
