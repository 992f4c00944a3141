import { formatCount } from '../core/format.ts';
import type { Latencies } from './latencies.ts';

/** Milliseconds under a heading that names the unit. */
export const plainMillis = (ms: number): string => (ms < 10 ? ms.toFixed(1) : formatCount(ms));

/** One of the latencies in a table; a dash where nothing succeeded. */
export const millisCell = (ok: Latencies | null, key: keyof Latencies): string =>
  ok === null ? '–' : plainMillis(ok[key]);
