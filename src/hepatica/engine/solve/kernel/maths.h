/* exp, log, pow, tanh for a whole lane group: argument reduction and polynomials (Chebyshev fits, own coefficients).

   Errors stay within a few units in the last place (tests/unit/engine/test_maths.py). The rounding trick of `v_exp`
   needs the order of additions kept: compile without -ffast-math or -fassociative-math. */
#ifdef __FAST_MATH__
#error "-ffast-math breaks the rounding that exp relies on"
#endif

#ifdef SINGLE
#define MANTISSA 23
#define BIAS 127
#define ROUNDER 12582912.0f
#define EXP_LOW -104.0
#define EXP_HIGH 89.0
#define LN2_HIGH 0.693145751953125
#define LN2_LOW 1.428606765330187e-06
#define SMALLEST 1.1754944e-38
static const REAL exp_poly[] = {1.0f, 1.0000000377162138f, 0.50000000471177577f, 0.16666415514653276f,
                                0.041666352896775157f, 0.0083751263981533357f, 0.0013941108433972675f};
static const REAL log_poly[] = {0.66666666554497092f, 0.40000121839806127f, 0.28550820815960663f, 0.23330467216303836f};
static const REAL tanh_poly[] = {-0.3333333200797698f, 0.13333113729020872f, -0.05390942882746055f,
                                 0.021309388664443474f, -0.0066102278311147345f};
#else
#define MANTISSA 52
#define BIAS 1023
#define ROUNDER 6755399441055744.0
#define EXP_LOW -746.0
#define EXP_HIGH 710.0
#define LN2_HIGH 0.693147180369123816490
#define LN2_LOW 1.90821492927058770002e-10
#define SMALLEST 2.2250738585072014e-308
static const REAL exp_poly[] = {0.99999999999999999693, 0.99999999999999999976, 0.50000000000000183855,
                                0.16666666666666680806, 0.041666666666488095495, 0.0083333333333196006109,
                                0.0013888888952314774652, 0.00019841269890047113707, 2.4801485482328492419e-05,
                                2.7557240918578969823e-06, 2.7632639639041029749e-07, 2.5110037605963777712e-08};
static const REAL log_poly[] = {0.66666666666666666465, 0.40000000000000876983, 0.28571428570803611811,
                                0.22222222391713917442, 0.18181795640132906276, 0.15386239702814658188,
                                0.13268773138656885185, 0.13086626147840102138};
static const REAL tanh_poly[] = {-0.33333333333333306598, 0.13333333333315646285, -0.053968253948899143871,
                                 0.021869487712363183354, -0.0088632176632691230455, 0.0035919044131928017982,
                                 -0.001454118043617458278, 0.00058177244078681312721, -0.00021454222089075102965,
                                 5.3906420141721768931e-05};
#endif

#define HORNER(poly, x) v_horner(poly, (int)(sizeof(poly) / sizeof(REAL)), x)

INLINE T v_horner(const REAL *poly, int n, T x)
{
  T r = K(poly[n - 1]);
  for (int k = n - 2; k >= 0; k--) r = r * x + poly[k];
  return r;
}

/* The bounds lie where the result is zero or infinite by itself; a NaN passes both of them. */
INLINE T v_exp(T x)
{
  x = v_at_least(K(EXP_LOW), v_at_most(K(EXP_HIGH), x));
  const T rounded = x * (REAL)1.4426950408889634 + (REAL)ROUNDER;
  const T k = rounded - (REAL)ROUNDER;
  const T r = (x - k * (REAL)LN2_HIGH) - k * (REAL)LN2_LOW;
  /* Scaling in two halves keeps 2^k representable at both ends. */
  const M whole = (M)rounded - (M)K(ROUNDER), half = whole >> 1;
  const T first = (T)((half + BIAS) << MANTISSA), second = (T)((whole - half + BIAS) << MANTISSA);
  return HORNER(exp_poly, r) * first * second;
}

/* Below the smallest normal number the logarithm is that of the smallest normal number; at zero, minus infinity. */
INLINE T v_log(T x)
{
  const T normal = v_at_least(K(SMALLEST), x);
  const M bits = (M)normal - (M)K(0.70710678118654752), exponent = bits >> MANTISSA;
  const T m = (T)((M)normal - (M)((UNSIGNED_M)exponent << MANTISSA));
  const T e = (T)(exponent + (M)K(ROUNDER)) - (REAL)ROUNDER;
  const T s = (m - (REAL)1.0) / (m + (REAL)1.0), z = s * s;
  const T tail = s * z * HORNER(log_poly, z) + e * (REAL)LN2_LOW;
  T value = e * (REAL)LN2_HIGH + ((s + s) + tail);
  value = v_select((M)(x == K(INFINITY)), x, value);
  const T at_zero = v_select((M)(x == K(0.0)), K(-INFINITY), K(NAN));
  return v_select((M)(x > K(0.0)), value, at_zero);
}

/* x^n where log x is known: 0 at x = 0 for n > 0. */
INLINE T v_pow(T x, T n, T log_x)
{
  T at_zero = v_select(v_lt(K(0.0), n), K(0.0), v_select(v_lt(n, K(0.0)), K(INFINITY), K(1.0)));
  T value = v_exp(n * log_x);
  value = v_select((M)(x == K(0.0)), at_zero, value);
  return v_select((M)(x != x), x, value);
}

INLINE T v_tanh(T x)
{
  T z = x * x;
  T near = x + x * z * HORNER(tanh_poly, z);
  T far = K(1.0) - K(2.0) / (v_exp(v_abs(x) * (REAL)2.0) + (REAL)1.0);
  far = v_select(v_lt(x, K(0.0)), -far, far);
  T value = v_select(v_lt(v_abs(x), K(0.55)), near, far);
  return v_select((M)(x != x), x, value);
}

/* 1/x within 1.5 %, for x > 0: enough to weigh errors, without a division. */
INLINE T v_rough_recip(T x)
{
#ifdef SINGLE
  T r = (T)((M){0} + (WHOLE)0x7EF311C7 - (M)x);
#else
  T r = (T)((M){0} + (WHOLE)0x7FDE623822FC16E6 - (M)x);
#endif
  return r * ((REAL)2.0 - x * r);
}
