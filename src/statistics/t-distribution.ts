/**
 * The chance that Student's t of `degrees` degrees of freedom lies further from 0 than `t`, on either side. `degrees` is a whole
 * number of at least 1: finite series (Abramowitz and Stegun, 26.7.3 and 26.7.4).
 */
export function tTwoSided(t: number, degrees: number): number {
  if (!Number.isFinite(t)) return 0;
  const angle = Math.atan(Math.abs(t) / Math.sqrt(degrees));
  const square = Math.cos(angle) ** 2;
  const even = degrees % 2 === 0;
  let term = even ? 1 : Math.cos(angle);
  let sum = degrees === 1 ? 0 : term;
  for (let k = even ? 2 : 3; k < degrees; k += 2) {
    term *= (square * (k - 1)) / k;
    sum += term;
  }
  const inside = even ? Math.sin(angle) * sum : (2 / Math.PI) * (angle + Math.sin(angle) * sum);
  return Math.max(0, 1 - inside);
}

/** The t that is exceeded on either side with this chance: 2.306 for 0.05 and 8 degrees of freedom. */
export function tQuantile(chance: number, degrees: number): number {
  let low = 0;
  let high = 1;
  while (tTwoSided(high, degrees) > chance) high *= 2;
  for (let i = 0; i < 60; i++) {
    const middle = (low + high) / 2;
    if (tTwoSided(middle, degrees) > chance) low = middle;
    else high = middle;
  }
  return (low + high) / 2;
}
