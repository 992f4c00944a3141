import type { Baseline } from '../../workload/scenario.ts';

/** Reads `20` or `10%`. Throws RangeError saying what it must be. */
export function parseBaseline(text: string): Baseline {
  const percent = Number(/^(\d+(?:\.\d+)?)\s*%$/.exec(text)?.[1]);
  if (percent >= 0 && percent <= 100) return { kind: 'share', share: percent / 100 };
  if (/^\d{1,6}$/.test(text) && Number(text) <= 100_000) return { kind: 'users', users: Number(text) };
  throw new RangeError('must be a whole number of users or a share of them like 10%, at most 100%');
}

export const showBaseline = (baseline: Baseline): string =>
  baseline.kind === 'users' ? String(baseline.users) : `${Number((baseline.share * 100).toFixed(6))}%`;
