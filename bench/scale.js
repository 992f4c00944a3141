// What more load threads bring: the CPU-bound load (50 users, no think time) on 1 and on 2 workers, taking turns. Nothing is
// pinned to a core, since two workers need two; the server's CPU is shown, because on two cores it is the third that wants one.
import { availableParallelism } from 'node:os';
import { benchFile, inScratchFolder, runSqload, sqloadHas, startServer } from './harness/processes.js';
import { addUp, percentileMs, recordIn } from './harness/record-window.js';
import { median } from './harness/statistics.js';
import { fixed, print, printHead, printTable, quick, whole } from './harness/table.js';

const users = 50;
const climb = 1;
const hold = quick ? 3 : 8;
const rounds = quick ? 1 : 5;
const workers = [1, 2];

async function play(count) {
  const server = await startServer('fixed.js', { pin: false });
  try {
    return await inScratchFolder(async (out) => {
      const load = ['-u', `${users}`, '--climb', `${climb}s`, '-t', `${climb + hold}s`, '--think', '0s-0s'];
      const target = ['-H', `http://127.0.0.1:${server.port}`, '--no-preflight', '--no-default-thresholds'];
      const scenario = benchFile('scenarios/steady.yaml');
      const args = ['run', scenario, ...load, ...target, '--workers', `${count}`, '--quiet', '--out', out];
      const { usage } = await runSqload(args, { pin: false });
      const record = recordIn(out);
      const held = addUp(record, climb, climb + hold);
      const all = addUp(record);
      if (all.failed > 0) throw new Error(`${count} workers: ${all.failed} of ${all.requests} requests failed`);
      const served = await server.report();
      return {
        rate: held.requests / held.seconds,
        own: (usage.cpu * 1e6) / all.requests,
        server: (served.cpu * 1e6) / served.requests,
        late: percentileMs(held.lateness, 0.99),
      };
    });
  } finally {
    await server.stop();
  }
}

printHead(
  `scale: the same load on 1 and 2 workers, ${users} users, no think time, ${rounds} rounds of ${hold} s`,
  ['CPU per request is that of the whole process, its start included'],
  { pinned: false },
);
if (sqloadHas('--workers')) await measure();
else print('This sqload has no --workers: nothing to measure.\n');

async function measure() {
  const runs = new Map(workers.map((count) => [count, []]));
  for (let round = 0; round < rounds; round++) for (const count of workers) runs.get(count).push(await play(count));
  const results = workers.map((count) => {
    const middle = (key) => median(runs.get(count).map((run) => run[key]));
    return { count, rate: middle('rate'), own: middle('own'), server: middle('server'), late: middle('late') };
  });
  const [one] = results;
  const cores = availableParallelism();
  const busy = ({ rate, own, server }) => (rate * (own + server)) / 1e6;
  printTable(
    ['workers', 'requests/s', 'ratio', 'CPU, µs/request', 'server, µs/request', 'cores busy', 'lateness p99, ms'],
    results.map((result) => [
      result.count,
      whole(result.rate),
      `${fixed(result.rate / one.rate)}×`,
      fixed(result.own, 1),
      fixed(result.server, 1),
      `${fixed(busy(result))} of ${cores}`,
      fixed(result.late),
    ]),
  );
  const most = (cores * 1e6) / (one.own + one.server);
  print(
    `${cores} cores can do at most ${whole(most)} requests/s of this kind, ${fixed(most / one.rate)}× the rate of one worker: ` +
      `each request costs ${fixed(one.own, 1)} µs here and ${fixed(one.server, 1)} µs in the server.`,
  );
  const last = results.at(-1);
  const limit =
    busy(last) > 0.9 * cores ? 'the cores, of which none is left' : 'not the cores: the two wait for each other';
  print(`What limits ${last.count} workers is ${limit}.\n`);
}
