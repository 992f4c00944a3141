import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { WaitingLine } from './waiting-line.ts';

describe('WaitingLine', () => {
  test('serves in the order of coming, and those who left never: as an array would, whatever happens', () => {
    const action = fc.oneof(
      { weight: 3, arbitrary: fc.constant('join' as const) },
      { weight: 2, arbitrary: fc.constant('next' as const) },
      { weight: 1, arbitrary: fc.nat(30) },
    );
    fc.assert(
      fc.property(fc.array(action, { maxLength: 200 }), (actions) => {
        const line = new WaitingLine<number>();
        const model: number[] = [];
        let joined = 0;
        for (const each of actions) {
          if (each === 'join') {
            model.push(joined);
            line.join(joined++);
          } else if (each === 'next') expect(line.next()).toBe(model.shift() ?? null);
          else {
            const item = joined - each;
            const place = model.indexOf(item);
            expect(line.leave(item)).toBe(place >= 0);
            if (place >= 0) model.splice(place, 1);
          }
        }
        for (const item of model) expect(line.next()).toBe(item);
        expect(line.next()).toBeNull();
      }),
    );
  });

  test('keeps its order when it is long and is cut', () => {
    const line = new WaitingLine<number>();
    for (let i = 0; i < 10_000; i++) line.join(i);
    for (let i = 0; i < 7_000; i++) expect(line.next()).toBe(i);
    for (let i = 10_000; i < 12_000; i++) line.join(i);
    expect(line.leave(6_999)).toBe(false);
    expect(line.leave(7_000)).toBe(true);
    for (let i = 7_001; i < 12_000; i++) expect(line.next()).toBe(i);
    expect(line.next()).toBeNull();
  });
});
