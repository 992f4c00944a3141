/**
 * E[max(0, x − S)^p] / p! for the sum S of n independent uniforms on [0, 1]; for p = 0 that is P(S < x), and each higher p is
 * the integral of the one before. The formula of Irwin and Hall (1927), `Σ (−1)^k C(n, k) max(0, x − k)^(n+p) / (n+p)!`,
 * while it is exact, then the normal law.
 */
export function uniformSumExcess(x: number, n: number, p: 0 | 1 | 2): number {
  if (x <= 0) return 0;
  if (x >= n) return unclipped(x, n, p);
  // The alternating sum keeps its digits in the lower half; the law is symmetric about n/2.
  if (x > n / 2) return unclipped(x, n, p) - (p === 1 ? -1 : 1) * uniformSumExcess(n - x, n, p);
  if (n > 20) return normalExcess(x, n, p);
  let sum = 0;
  let term = 1;
  for (let k = 0; k < x; k++) {
    let power = term;
    for (let i = 1; i <= n + p; i++) power *= (x - k) / i;
    sum += power;
    term *= -(n - k) / (k + 1);
  }
  return sum;
}

/** E[(x − S)^p] / p!, from the mean n/2 and the variance n/12. */
function unclipped(x: number, n: number, p: 0 | 1 | 2): number {
  const over = x - n / 2;
  return p === 0 ? 1 : p === 1 ? over : (over ** 2 + n / 12) / 2;
}

function normalExcess(x: number, n: number, p: 0 | 1 | 2): number {
  const deviation = Math.sqrt(n / 12);
  const z = (x - n / 2) / deviation;
  const below = normalBelow(z);
  const density = Math.exp((-z * z) / 2) / Math.sqrt(2 * Math.PI);
  if (p === 0) return below;
  return p === 1
    ? Math.max(0, deviation * (z * below + density))
    : Math.max(0, (deviation ** 2 * ((z ** 2 + 1) * below + z * density)) / 2);
}

/** The normal distribution function by the error function of Abramowitz and Stegun 7.1.26, within 1.5e-7. */
function normalBelow(z: number): number {
  const x = Math.abs(z) / Math.SQRT2;
  const t = 1 / (1 + 0.3275911 * x);
  const tail =
    ((((1.061405429 * t - 1.453152027) * t + 1.421413741) * t - 0.284496736) * t + 0.254829592) * t * Math.exp(-x * x);
  return z < 0 ? tail / 2 : 1 - tail / 2;
}
