import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { beforeAll, expect, test } from 'vitest';
import { seededRandom } from '../core/random.ts';
import { type Millis, millis, plus } from '../core/units.ts';
import type { WireReply, WireRequest } from '../protocol/wire.ts';
import { VirtualClock } from '../testing/virtual-clock.ts';
import { planFor, profileOf } from '../testing/virtual-run.ts';
import { answeredReply } from '../testing/wire-reply.ts';
import { wholeRun } from '../workload/slice.ts';
import { runSlice } from './run-slice.ts';
import { RunStop } from './stop.ts';
import type { Transport } from './world.ts';

setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc') as () => void;

/** Answers after 100 ms and remembers nothing; with `kept` it keeps every body, to show that the test would see a leak. */
function forgetful(clock: VirtualClock, kept: string[] | null): Transport {
  const body = JSON.stringify({ conversation_id: 'c', session_id: 's', question: 'And then?' });
  let count = 0;
  const send = async (request: WireRequest): Promise<WireReply> => {
    const sent: Millis = clock.now();
    await clock.until(plus(sent, millis(100)));
    kept?.push(`${request.body}${++count}`.split('').join(''));
    const ended = clock.now();
    return answeredReply(body, { sent, firstByte: ended, ended, bytesSent: 100, bytesReceived: body.length });
  };
  return { open: () => ({ send, streamEnded: () => false, close: () => {} }), close: async () => {} };
}

/** Bytes by which the heap grew from second `from` to second `to` of a run whose events nobody keeps. */
async function growth(
  users: number,
  [from, to]: readonly [number, number],
  kept: string[] | null = null,
): Promise<number> {
  const clock = new VirtualClock();
  const plan = planFor(profileOf(`users: ${users}\nclimb: 5s\nrun_time: ${to + 5}s\n`));
  const world = {
    clock,
    random: seededRandom('memory'),
    transport: forgetful(clock, kept),
    stop: new RunStop(),
    vitals: null,
  };
  const heap: number[] = [];
  const play = async (): Promise<void> => {
    for await (const event of runSlice(plan, wholeRun, world)) {
      if (event.kind !== 'second' || (event.second !== from && event.second !== to)) continue;
      collect();
      heap.push(process.memoryUsage().heapUsed);
    }
  };
  await clock.run(play());
  return (heap[1] ?? Number.NaN) - (heap[0] ?? Number.NaN);
}

const allowed = 1_500_000;

// What the compiler learns in a first run takes memory as well, once.
beforeAll(() => growth(10, [60, 1800]));

test.each([
  [10, 60, 3600],
  [10_000, 45, 75],
])(
  '%i users use as much memory after %i s as after %i s',
  async (users, from, to) => {
    expect(await growth(users, [from, to])).toBeLessThan(allowed);
  },
  120_000,
);

test('a leak of the bodies would be seen', async () => {
  expect(await growth(10, [60, 3600], [])).toBeGreaterThan(allowed);
});
