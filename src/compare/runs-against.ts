import { formatCount } from '../core/format.ts';

/** `4 runs against 1`, `1 run against 4`. */
export const runsAgainst = (baseline: number, candidate: number): string =>
  `${formatCount(baseline)} ${baseline === 1 ? 'run' : 'runs'} against ${formatCount(candidate)}`;
