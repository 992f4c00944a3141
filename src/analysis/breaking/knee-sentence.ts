import { formatCount } from '../../core/format.ts';
import type { Finding, FindingNumber } from '../finding.ts';
import { nounOf, rateWords, unitOf } from './breaking-sentence.ts';
import type { Interval, Knee } from './knee.ts';
import type { LoadScene } from './load-scene.ts';

/** "Throughput follows the load up to 44 requests/s (43–45), reached at 226 users (221–232); beyond that requests queue." None without a knee. */
export function kneeFinding({ course }: LoadScene, knee: Knee | null): readonly Finding[] {
  if (knee === null) return [];
  const { capacity, load } = knee;
  const { kind, seconds } = course;
  const numbers: FindingNumber[] = [
    { name: 'capacity', unit: 'requests/s', ...capacity },
    { name: `knee_${nounOf(kind)}`, unit: unitOf(kind), ...load },
  ];
  return [
    {
      ...{ id: 'knee', kind: 'breaking-point', outcome: 'shown', numbers },
      sentence: `Throughput follows the load up to ${rateWords(capacity.value)} (${range(capacity)}), reached at ${short(load.value)} ${unitOf(kind)} (${range(load)}); beyond that requests queue.`,
      cause: 'The server, or something behind it, works on no more requests at a time.',
      remedy: null,
      seconds: [{ start: 0, end: (seconds.at(-1)?.second ?? -1) + 1 }],
    },
  ];
}

const range = ({ low, high }: Interval): string => `${short(low)}–${short(high)}`;

const short = (value: number): string => (value >= 19.95 ? formatCount(value) : String(Number(value.toFixed(1))));
