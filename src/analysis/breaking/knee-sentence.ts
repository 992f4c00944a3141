import type { Finding, FindingNumber } from '../finding.ts';
import { inBrackets } from '../in-brackets.ts';
import { nounOf, unitOf } from './breaking-sentence.ts';
import type { Knee } from './knee.ts';
import type { LoadScene } from './load-scene.ts';

/** "Throughput follows the load up to 44.1 requests/s (43.6–44.9), reached at 226 users (221–232); beyond that requests queue." None without a knee. */
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
      sentence: `Throughput follows the load up to ${inBrackets(capacity, { suffix: ' requests/s' })}, reached at ${inBrackets(load, { suffix: ` ${unitOf(kind)}` })}; beyond that requests queue.`,
      cause: 'The server, or something behind it, works on no more requests at a time.',
      remedy: null,
      seconds: [{ start: 0, end: (seconds.at(-1)?.second ?? -1) + 1 }],
    },
  ];
}
