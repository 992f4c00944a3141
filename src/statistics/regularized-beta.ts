/**
 * I_x(a, b) for 0 < x < 1: the chance that a Beta(a, b) value is at most x, and the binomial tail P(X ≥ a) of a + b − 1 tries with
 * chance x (NIST DLMF 8.17.5). About nine digits for a and b up to a million.
 */
export function regularizedBeta(x: number, a: number, b: number): number {
  // The fraction converges quickly only left of the mean; I_x(a, b) = 1 − I_{1−x}(b, a) brings the other side there.
  if (x > (a + 1) / (a + b + 2)) return 1 - leftOfMean(1 - x, b, a);
  return leftOfMean(x, a, b);
}

function leftOfMean(x: number, a: number, b: number): number {
  const logFront = a * Math.log(x) + b * Math.log1p(-x) + logGamma(a + b) - logGamma(a) - logGamma(b);
  return Math.min(1, (Math.exp(logFront) / a) * betaFraction(x, a, b));
}

const tiny = 1e-300;
const awayFromZero = (value: number): number => (Math.abs(value) < tiny ? tiny : value);

/** The continued fraction of I_x(a, b) (DLMF 8.17.22), from the front by the method of Lentz; needs about √max(a, b) terms. */
function betaFraction(x: number, a: number, b: number): number {
  let c = 1;
  let d = 1 / awayFromZero(1 - ((a + b) * x) / (a + 1));
  let value = d;
  for (let m = 1; m <= 100_000; m++) {
    const even = (m * (b - m) * x) / ((a + 2 * m - 1) * (a + 2 * m));
    const odd = (-(a + m) * (a + b + m) * x) / ((a + 2 * m) * (a + 2 * m + 1));
    let step = 1;
    for (const term of [even, odd]) {
      d = 1 / awayFromZero(1 + term * d);
      c = awayFromZero(1 + term / c);
      step = c * d;
      value *= step;
    }
    if (Math.abs(step - 1) < 1e-15) break;
  }
  return value;
}

/** ln Γ(x) for x > 0: Stirling's series (DLMF 5.11.1), after stepping up to where four of its terms are enough. */
function logGamma(x: number): number {
  let at = x;
  let steps = 1;
  for (; at < 12; at++) steps *= at;
  const inverse = 1 / (at * at);
  const series = (1 / 12 - inverse * (1 / 360 - inverse * (1 / 1260 - inverse / 1680))) / at;
  return (at - 0.5) * Math.log(at) - at + 0.5 * Math.log(2 * Math.PI) + series - Math.log(steps);
}
