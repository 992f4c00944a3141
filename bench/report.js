// Time and memory to turn a long record into every report: 30 minutes, 300 users, 3 rows. The record is made here: the header
// and the shape of its lines come from a short real run, the counts from sqload's own tallies over lognormal latencies.
import { closeSync, mkdirSync, openSync, readdirSync, statSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { seededRandom } from '../dist/core/random.js';
import { SparseHistogram } from '../dist/metrics/encoded-histogram.js';
import { TallyCollector } from '../dist/metrics/tally.js';
import { encodeLine } from '../dist/record/codec.js';
import { buildProfile } from '../dist/workload/build-profile.js';
import { parseScenario } from '../dist/workload/parse-scenario.js';
import { benchFile, inScratchFolder, runSqload, startServer } from './harness/processes.js';
import { recordIn } from './harness/record-window.js';
import { median } from './harness/statistics.js';
import { fixed, megabytes, printBars, printHead, printTable, quick, whole } from './harness/table.js';

const users = 300;
const minutes = 30;
const rounds = quick ? 1 : 7;
/** 300 users with 3 to 7 s think time and answers of about 150 ms. */
const usual = 58;
/** As many as a short think time brings: its seconds hold ten times as many different latencies. */
const busy = 1000;
const mix = [1, 3, 5];

/** A real record of a second: its header, a second in which requests ended, and its end. */
async function template() {
  const server = await startServer('fixed.js');
  try {
    return await inScratchFolder(async (out) => {
      const load = ['-u', `${users}`, '--climb', '1s', '-t', '3s', '--think', '0.1s-0.5s'];
      const target = ['-H', `http://127.0.0.1:${server.port}`, '--no-preflight'];
      const args = ['run', benchFile('scenarios/steady.yaml'), ...load, ...target, '--quiet', '--out', out];
      await runSqload(args);
      const { header, events } = recordIn(out);
      const all = [...events()];
      const second = all.find((event) => event.kind === 'second' && event.second === 1);
      return { header, second: { ...second, threads: second.threads.map(punctual) }, end: all.at(-1) };
    });
  } finally {
    await server.stop();
  }
}

/** A thread that other programs held up for a moment makes the run invalid, and nobody asks what an invalid run means: less to do. */
function punctual(thread) {
  const delay = new SparseHistogram();
  for (let i = 0; i < 50; i++) delay.record(80 + 18 * i);
  return { ...thread, delay: delay.encode(), utilisation: 0.12 };
}

function makeRecord(folder, { header, second, end }, rate) {
  const seconds = minutes * 60;
  const scenario = parseScenario(`users: ${users}\nspawn_rate: 10/s\nrun_time: ${minutes}m\n`, 'bench');
  const profile = buildProfile(scenario);
  const random = seededRandom('report');
  mkdirSync(folder);
  const file = openSync(join(folder, 'record.ndjson'), 'wx');
  writeSync(file, encodeLine({ ...header, profile }));
  let started = 0;
  for (let at = 0; at < seconds; at++) {
    const phase = profile.phases.findIndex(({ end }) => at < end);
    const there = Math.min(users, (at + 1) * 10);
    const requests = Math.round((rate * there) / users);
    started += requests;
    const { cells, lateness } = secondOf(at, phase, requests, random);
    writeSync(file, encodeLine({ ...second, second: at, users: there, started: requests, cells, lateness }));
  }
  writeSync(file, encodeLine({ ...end, reason: 'completed', at: seconds * 1000, started }));
  closeSync(file);
  return started;
}

/** One request in 200 fails. */
function secondOf(second, phase, requests, random) {
  const tallies = mix.map(() => new TallyCollector());
  const lateness = new SparseHistogram();
  const total = mix.reduce((sum, weight) => sum + weight);
  for (let i = 0; i < requests; i++) {
    const draw = random.next() * total;
    const row = draw < mix[0] ? 0 : draw < mix[0] + mix[1] ? 1 : 2;
    const normal = Math.sqrt(-2 * Math.log(1 - random.next())) * Math.cos(2 * Math.PI * random.next());
    const latency = Math.min(900, 120 * Math.exp(0.65 * normal));
    const late = random.next() * 0.5;
    const ended = second * 1000 + 999;
    const sent = ended - latency;
    const ok = random.next() >= 1 / 200;
    const outcome = ok ? { ok: true } : { ok: false, kind: 'http-5xx', status: 503, detail: '' };
    const times = { due: sent - late, handed: sent, sent, firstByte: ended - 0.2, ended };
    tallies[row].record({ row, ...times, outcome, bytesSent: 600, bytesReceived: 200 });
    lateness.record(late * 1000);
  }
  const cells = tallies.map((tally, row) => ({ row, phase, tally: tally.encode() }));
  return { cells: cells.filter(({ tally }) => tally.ok.length + tally.failed.length > 0), lateness: lateness.encode() };
}

async function measure(folder, out) {
  const start = performance.now();
  const { code, usage } = await runSqload(['report', folder, '--csv', join(out, 'x'), '--no-color']);
  if (code !== 0) throw new Error(`sqload report left with exit code ${code}: the run is not judged as a whole`);
  return { seconds: (performance.now() - start) / 1000, cpu: usage.cpu, peak: usage.peak };
}

await inScratchFolder(async (scratch) => {
  const shape = await template();
  const records = [usual, busy].map((rate) => {
    const folder = join(scratch, `at-${rate}`);
    const requests = makeRecord(folder, shape, rate);
    return { rate, folder, requests, bytes: statSync(join(folder, 'record.ndjson')).size, runs: [] };
  });
  const out = join(scratch, 'out');
  mkdirSync(out);
  for (let round = 0; round < rounds; round++)
    for (const { folder, runs } of records) runs.push(await measure(folder, out));

  printHead(
    `report: sqload report <folder> --csv <prefix>, ${minutes} minutes, ${users} users, 3 rows, ${rounds} rounds`,
    [
      `a whole process each time, on one core; it prints the console report and writes ${readdirSync(out).length} files`,
    ],
  );
  const results = records.map((record) => {
    const middle = (key) => median(record.runs.map((run) => run[key]));
    return {
      ...record,
      seconds: middle('seconds'),
      cpu: middle('cpu'),
      peak: Math.max(...record.runs.map((run) => run.peak)),
    };
  });
  printTable(
    ['requests/s', 'requests', 'record, MB', 'wall time, s', 'CPU time, s', 'peak memory, MB'],
    results.map(({ rate, requests, bytes, seconds, cpu, peak }) => [
      whole(rate),
      whole(requests),
      megabytes(bytes),
      fixed(seconds),
      fixed(cpu),
      megabytes(peak),
    ]),
  );
  const [{ seconds, peak }] = results;
  printBars([
    ['every report of a 30-minute, 3-row record: time', '≤ 3 s', `${fixed(seconds)} s`, seconds <= 3],
    ['the same: memory', '≤ 300 MB', `${megabytes(peak)} MB`, peak <= 300e6],
  ]);
});
