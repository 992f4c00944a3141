/**
 * Mills' ratio of the standard normal law: P(X > z) ÷ density at z. Tail chances without underflow. By the polynomial of
 * Abramowitz and Stegun (1964), 26.2.17, up to 4 and the continued fraction 26.2.14 above, to six digits; infinite below −37.
 */
export function millsRatio(z: number): number {
  if (z < 0)
    return z < -37 ? Number.POSITIVE_INFINITY : Math.sqrt(2 * Math.PI) * Math.exp((z * z) / 2) - millsRatio(-z);
  if (z <= 4) {
    const t = 1 / (1 + 0.2316419 * z);
    const sum = ((1.330274429 * t - 1.821255978) * t + 1.781477937) * t - 0.356563782;
    return t * (sum * t + 0.31938153);
  }
  let fraction = z;
  for (let k = 30; k > 0; k--) fraction = z + k / fraction;
  return 1 / fraction;
}

/** P(X > z) for a standard normal X, to six digits. */
export const normalTail = (z: number): number =>
  z < 0 ? 1 - normalTail(-z) : (millsRatio(z) * Math.exp((-z * z) / 2)) / Math.sqrt(2 * Math.PI);
