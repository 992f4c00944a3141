/**
 * p values as they count when all of them are looked at: the chance that any true "no difference" of the family is called one stays
 * at or below the level, whatever the dependence (Holm, 1979). In the order given; never above 1.
 */
export function holm(p: readonly number[]): readonly number[] {
  const order = p.map((value, index) => ({ value, index })).sort((a, b) => a.value - b.value);
  const adjusted = new Array<number>(p.length).fill(1);
  let floor = 0;
  order.forEach(({ value, index }, rank) => {
    floor = Math.max(floor, Math.min(1, value * (p.length - rank)));
    adjusted[index] = floor;
  });
  return adjusted;
}
