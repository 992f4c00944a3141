import type { Threshold } from './threshold.ts';

/** Whether a measured value is within a limit of the same unit. */
export function holds(value: number, { op, limit }: Pick<Threshold, 'op' | 'limit'>): boolean {
  switch (op) {
    case '<':
      return value < limit;
    case '<=':
      return value <= limit;
    case '>':
      return value > limit;
    case '>=':
      return value >= limit;
  }
}

/** Whether a threshold sets an upper limit. */
export const isUpper = ({ op }: Pick<Threshold, 'op'>): boolean => op === '<' || op === '<=';
