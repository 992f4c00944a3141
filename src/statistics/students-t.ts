/**
 * The `confidence` quantile of Student's t distribution with `freedom` degrees of freedom: the number that such a variable
 * stays below with that chance. By bisection on the exact distribution, whose closed forms for whole degrees are those of
 * Abramowitz and Stegun (1964), 26.7.3 and 26.7.4. Infinity for 0 degrees.
 */
export function studentsT(confidence: number, freedom: number): number {
  if (freedom < 1) return Number.POSITIVE_INFINITY;
  if (confidence < 0.5) return -studentsT(1 - confidence, freedom);
  let low = 0;
  let high = 1;
  while (below(high, freedom) < confidence) high *= 2;
  for (let i = 0; i < 60; i++) {
    const middle = (low + high) / 2;
    if (below(middle, freedom) < confidence) low = middle;
    else high = middle;
  }
  return (low + high) / 2;
}

/** P(T < t) for t ≥ 0 and whole degrees of freedom; beyond 1 000 they change nothing that anyone sees. */
function below(t: number, freedom: number): number {
  const whole = Math.min(1000, Math.floor(freedom));
  const angle = Math.atan(t / Math.sqrt(whole));
  const cosine = Math.cos(angle);
  const odd = whole % 2 === 1;
  let term = odd ? cosine : 1;
  let sum = whole === 1 ? 0 : term;
  for (let k = odd ? 3 : 2; k <= whole - 2; k += 2) {
    term *= ((k - 1) / k) * cosine ** 2;
    sum += term;
  }
  const within = odd ? (2 / Math.PI) * (angle + Math.sin(angle) * sum) : Math.sin(angle) * sum;
  return 0.5 + within / 2;
}
