/**
 * Polynomials of degree 0 to `most` over the given places, each of length 1 and orthogonal to the others: Legendre polynomials where
 * the places are evenly spread, and the like where some are missing. By Gram and Schmidt, twice, since once loses digits.
 * `most` is below the number of distinct places.
 */
export function orthogonalPolynomials(places: readonly number[], most: number): readonly (readonly number[])[] {
  const first = Math.min(...places);
  const last = Math.max(...places);
  const scaled = places.map((place) => (2 * (place - first)) / (last - first) - 1);
  const basis: number[][] = [];
  for (let degree = 0; degree <= most; degree++) {
    const before = basis.at(-1);
    const raw = before ? before.map((value, i) => value * (scaled[i] ?? 0)) : scaled.map(() => 1);
    basis.push(unit(without(without(raw, basis), basis)));
  }
  return basis;
}

/** The inner product of two vectors of one length. */
export const dot = (a: readonly number[], b: readonly number[]): number =>
  a.reduce((sum, value, i) => sum + value * (b[i] ?? 0), 0);

function without(vector: readonly number[], basis: readonly (readonly number[])[]): number[] {
  return basis.reduce(
    (rest: number[], direction) => {
      const part = dot(rest, direction);
      return rest.map((value, i) => value - part * (direction[i] ?? 0));
    },
    [...vector],
  );
}

function unit(vector: readonly number[]): number[] {
  const length = Math.sqrt(dot(vector, vector));
  return vector.map((value) => value / length);
}
