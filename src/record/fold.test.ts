import { expect, test } from 'vitest';
import { plantRecord } from '../testing/record-builder.ts';
import { RunFold } from './fold.ts';

test('RunFold.tally() counts what was told after it was asked before, by row and by phase', () => {
  const record = plantRecord({
    requests: [
      { row: 1, at: 1, ms: 20 },
      { row: 2, at: 4, ms: 300 },
    ],
  });
  const fold = new RunFold(record.header);
  const ended: number[][] = [];
  for (const event of record.events()) {
    fold.add(event);
    ended.push([fold.tally(null), fold.tally(1), fold.tally(2, () => true), fold.tally(1, () => false)].map(requests));
  }
  expect(ended[0]).toEqual([0, 0, 0, 0]);
  expect(ended[2]).toEqual([1, 1, 0, 0]);
  expect(ended.at(-1)).toEqual([2, 1, 1, 0]);
});

const requests = ({ requests: count }: { readonly requests: number }): number => count;
