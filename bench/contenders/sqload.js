// The whole path of sqload: flow, unique bodies, transport, parsing, ids checked, histograms, lines of
// the record. Usage: sqload.js <port> <seconds> <users> <body bytes: its own> <warm-up seconds> [dialect]
import { seededRandom } from '../../dist/core/random.js';
import { runSlice } from '../../dist/engine/run-slice.js';
import { RunStop } from '../../dist/engine/stop.js';
import { httpTransport } from '../../dist/io/http-transport.js';
import { realClock } from '../../dist/io/real-clock.js';
import { threadVitals } from '../../dist/io/thread-vitals.js';
import { tallyCount } from '../../dist/metrics/tally.js';
import { defaultCorpus } from '../../dist/protocol/default-corpus.js';
import { encodeLine } from '../../dist/record/codec.js';
import { buildProfile } from '../../dist/workload/build-profile.js';
import { parseScenario } from '../../dist/workload/parse-scenario.js';
import { dialectPlan } from '../harness/dialect-plans.js';

const [port, seconds, users, , warmUp] = process.argv.slice(2).map(Number);
const dialect = dialectPlan(process.argv[7] ?? 'guide');
const planOf = (length) => ({
  profile: buildProfile(parseScenario(`users: ${users}\nspawn_rate: 1000/s\nrun_time: ${length}s\n`, 'bench')),
  flow: { mix: { health: 1, initial: 3, 'follow-up': 5, automatic: 0 }, history: 'growing', corpus: defaultCorpus },
  think: { min: 0, max: 0 },
  dialect,
  timeout: 60_000,
  stopTimeout: 5_000,
  secrets: [],
});

async function play(length) {
  const clock = realClock();
  const transport = httpTransport({ origin: `http://127.0.0.1:${port}`, clock, tls: { insecure: false, ca: null } });
  const vitals = threadVitals();
  const world = { clock, random: seededRandom('bench'), transport, stop: new RunStop(), vitals };
  let requests = 0;
  let failed = 0;
  for await (const event of runSlice(planOf(length), { index: 0, count: 1 }, world)) {
    encodeLine(event);
    if (event.kind !== 'second') continue;
    for (const { tally } of event.cells) {
      requests += tallyCount(tally);
      for (const [, , count] of tally.failures) failed += count;
    }
  }
  await transport.close();
  vitals.close();
  return { requests, failed };
}

await play(warmUp);
const before = process.cpuUsage();
const counts = await play(seconds);
const { user, system } = process.cpuUsage(before);
process.stdout.write(`${JSON.stringify({ ...counts, cpu: (user + system) / 1e6 })}\n`);
