import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type Timed, TimeQueue } from './time-queue.ts';

const times = fc.array(fc.integer({ min: 0, max: 20 }), { maxLength: 100 });

function drain(queue: TimeQueue<Timed>): Timed[] {
  const items: Timed[] = [];
  for (let item = queue.pop(); item; item = queue.pop()) items.push(item);
  return items;
}

test('gives back what was put in by time, and by order of arrival within one time', () => {
  fc.assert(
    fc.property(times, (all) => {
      const queue = new TimeQueue<Timed>();
      const items = all.map((at, sequence) => ({ at, sequence }));
      for (const item of items) queue.push(item);
      expect(queue.first?.at).toBe(items.length === 0 ? undefined : Math.min(...all));
      expect(drain(queue)).toEqual(items.sort((a, b) => a.at - b.at || a.sequence - b.sequence));
    }),
  );
});

test('takes out what matches and keeps the rest in order', () => {
  fc.assert(
    fc.property(times, (all) => {
      const queue = new TimeQueue<Timed>();
      for (const [sequence, at] of all.entries()) queue.push({ at, sequence });
      const even = (item: Timed): boolean => item.sequence % 2 === 0;
      expect(queue.takeAll(even)).toHaveLength(Math.ceil(all.length / 2));
      const rest = drain(queue);
      expect(rest.some(even)).toBe(false);
      expect(rest.map(({ at }) => at)).toEqual(all.filter((_, i) => i % 2 === 1).sort((a, b) => a - b));
    }),
  );
});
