import { expect, test } from 'vitest';
import { seededRandom } from '../core/random.ts';
import { millis } from '../core/units.ts';
import type { McpDialectPlan } from '../protocol/dialect-plan.ts';
import type { SecondEvent } from '../record/run-event.ts';
import { McpPeer } from '../testing/mcp-peer.ts';
import { type Peer, transportTo } from '../testing/peer.ts';
import { VirtualClock } from '../testing/virtual-clock.ts';
import { planFor, profileOf } from '../testing/virtual-run.ts';
import { answeredReply } from '../testing/wire-reply.ts';
import { wholeRun } from '../workload/slice.ts';
import { runSlice } from './run-slice.ts';
import { RunStop } from './stop.ts';
import { patienceSeconds, Watchdog } from './watchdog.ts';

const profile = profileOf('users: 2\nspawn_rate: 2/s\nrun_time: 100s\n');
const dialect: McpDialectPlan = {
  name: 'mcp',
  basePath: '',
  headers: [],
  transport: 'streamable-http',
  path: '/mcp',
  version: '2025-11-25',
  health: { kind: 'ping' },
  tools: { initial: 'a', 'follow-up': 'b', automatic: 'c' },
  custom: null,
};

/** Plays a run over MCP in virtual time, as the command does that stops it when the watchdog barks. */
async function play(answer: (user: number) => Peer['answer']): Promise<SecondEvent[]> {
  const clock = new VirtualClock();
  const stop = new RunStop();
  const watchdog = new Watchdog();
  const seen: SecondEvent[] = [];
  const open = (user: number) => transportTo(answer(user), clock).open(user);
  const world = { clock, random: seededRandom('w'), transport: { open, close: async () => {} }, stop, vitals: null };
  const run = async (): Promise<void> => {
    for await (const event of runSlice(planFor(profile, { dialect }), wholeRun, world)) {
      if (event.kind !== 'second') continue;
      seen.push(event);
      if (watchdog.sees(event)) stop.stop({ reason: 'nothing-succeeded', grace: millis(0) });
    }
  };
  await clock.run(run());
  return seen;
}

test('a run in which no session can be set up ends by itself', async () => {
  const seen = await play(() => () => answeredReply('', { status: 503 }));
  expect(seen.at(-1)?.second).toBeLessThan(patienceSeconds + 2);
  expect(seen.every(({ started }) => started === 0)).toBe(true);
});

test('users whose sessions are lost set them up again and go on', async () => {
  const peers: McpPeer[] = [];
  const seen = await play(() => {
    const peer = new McpPeer({ era: 'session', tools: ['a', 'b', 'c'] });
    peers.push(peer);
    let count = 0;
    return (request) => {
      if (++count === 10) peer.forget();
      return peer.answer(request);
    };
  });
  expect(seen.reduce((sum, { sessionsLost }) => sum + sessionsLost, 0)).toBe(2);
  const failures = seen.flatMap(({ cells }) => cells.flatMap(({ tally }) => tally.failures));
  expect(failures).toEqual([
    ['http-4xx', 404, 1],
    ['http-4xx', 404, 1],
  ]);
  expect(peers).toHaveLength(2);
  for (const { heard } of peers) {
    expect(heard.filter((method) => method === 'initialize')).toHaveLength(2);
    expect(heard.at(-1)).toBe('DELETE');
  }
});
