import { formatDuration, parseDuration } from '../core/duration.ts';
import type { Random } from '../core/random.ts';
import { type Millis, millis } from '../core/units.ts';
import { z95 } from '../statistics/normal-quantiles.ts';

/** How long the reference server works on a question. Plain data. */
export type LatencyLaw =
  | { readonly kind: 'constant'; readonly span: Millis }
  /** The logarithm of the time is normal, as response times of real servers roughly are: many near the median, few far above. */
  | { readonly kind: 'lognormal'; readonly p50: Millis; readonly p95: Millis };

export const defaultLatency: LatencyLaw = { kind: 'lognormal', p50: millis(120), p95: millis(350) };

const longest = 3_600_000;

/**
 * Reads `p50=120ms,p95=350ms` (lognormal), or one duration for a constant: `80ms`, `0ms`.
 * @throws RangeError saying what the law must be; the caller adds where it stood.
 */
export function parseLatency(text: string): LatencyLaw {
  if (!text.includes('=')) return { kind: 'constant', span: readSpan(text) };
  const spans = new Map<string, Millis>();
  for (const part of text.split(',')) {
    const [name = '', value = '', ...rest] = part.split('=').map((word) => word.trim());
    if (rest.length > 0 || (name !== 'p50' && name !== 'p95') || spans.has(name)) throw notALaw();
    spans.set(name, readSpan(value));
  }
  const p50 = spans.get('p50');
  const p95 = spans.get('p95');
  if (p50 === undefined || p95 === undefined) throw notALaw();
  if (p95 < p50) throw new RangeError('must have a p95 that is not below its p50');
  if (p95 === p50) return { kind: 'constant', span: p50 };
  if (p50 === 0) throw new RangeError('must have a p50 above 0, or be one duration like 0ms');
  return { kind: 'lognormal', p50, p95 };
}

/** Writes a law as `parseLatency` reads it. */
export const formatLatency = (law: LatencyLaw): string =>
  law.kind === 'constant' ? formatSpan(law.span) : `p50=${formatSpan(law.p50)},p95=${formatSpan(law.p95)}`;

/** `formatDuration` rounds to whole milliseconds, which a fast law may lie below. */
const formatSpan = (span: Millis): string => (Number.isInteger(span) ? formatDuration(span) : `${span}ms`);

/** One service time. A lognormal one takes two numbers of the stream (Box and Muller, 1958). */
export function drawLatency(law: LatencyLaw, random: Random): Millis {
  if (law.kind === 'constant') return law.span;
  // 1 − u lies in (0, 1]: the logarithm stays finite.
  const normal = Math.sqrt(-2 * Math.log(1 - random.next())) * Math.cos(2 * Math.PI * random.next());
  return millis(law.p50 * Math.exp(sigmaOf(law) * normal));
}

/** Mean service time: with `capacity` N the server answers at most N ÷ mean questions a second. */
export function meanLatency(law: LatencyLaw): Millis {
  if (law.kind === 'constant') return law.span;
  return millis(law.p50 * Math.exp(sigmaOf(law) ** 2 / 2));
}

const sigmaOf = ({ p50, p95 }: { readonly p50: Millis; readonly p95: Millis }): number => Math.log(p95 / p50) / z95;

const notALaw = (): RangeError => new RangeError('must be like p50=120ms,p95=350ms, or one duration like 80ms');

function readSpan(text: string): Millis {
  let span: Millis;
  try {
    span = parseDuration(text);
  } catch (error) {
    if (error instanceof RangeError) throw notALaw();
    throw error;
  }
  if (span > longest) throw new RangeError('must be at most 1h');
  return span;
}
