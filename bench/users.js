// What a connected user costs: 1 000, 10 000 and as many users as the limit on open files allows, 3 to 7 s think time, a
// connection each, one worker, against a server in a process of its own that answers at once.

import { benchFile, inScratchFolder, openFileLimit, runSqload, sqloadHas, startServer } from './harness/processes.js';
import { addUp, percentileMs, recordIn } from './harness/record-window.js';
import { median } from './harness/statistics.js';
import { fixed, megabytes, print, printBars, printHead, printTable, quick, whole } from './harness/table.js';

const hold = quick ? 5 : 20;
/** Files that Node, the record and the reports need beside the connections, on either side. */
const reserve = 100;
const limit = openFileLimit();
/** Above this the ports of one loopback address run out (28 231 on Linux). */
const mostPorts = 28_000;
const most = Math.floor(Math.min(limit - reserve, mostPorts) / 100) * 100;
const sizes = [...new Set([1, 1000, 10_000, ...(quick ? [] : [most])])].filter((users) => users <= most);

/** Opening a connection costs several requests: 1 000 of them in a second leave time for the load. */
const climbOf = (users) => Math.max(10, Math.ceil(users / 1000));

async function play(users) {
  const climb = climbOf(users);
  // A server for each run: its sockets are gone with it, and the ports of the last run are not in the way.
  const server = await startServer('fixed.js');
  try {
    return await inScratchFolder(async (out) => {
      const load = ['-u', `${users}`, '--climb', `${climb}s`, '-t', `${climb + hold}s`, '--think', '3s-7s'];
      const target = ['-H', `http://127.0.0.1:${server.port}`, '--no-preflight', '--no-default-thresholds'];
      const workers = sqloadHas('--workers') ? ['--workers', '1'] : [];
      const output = ['--quiet', '--out', out];
      const { code, stdout, usage } = await runSqload([
        'run',
        benchFile('scenarios/steady.yaml'),
        ...[...load, ...target, ...workers, ...output],
      ]);
      const record = recordIn(out);
      const sum = addUp(record, climb, climb + hold);
      return {
        users,
        code,
        verdict: stdout.trim(),
        sum,
        ...steady(usage.samples, Date.parse(record.header.startedAt)),
      };
    });
  } finally {
    await server.stop();
  }
}

/** CPU share and memory from `start` (ms since 1970), when all users are there; NaN when the generator came to no sample. */
function steady(samples, start) {
  const held = samples.filter(({ at }) => at >= start && at <= start + hold * 1000);
  if (held.length < 2) return { cpu: Number.NaN, memory: Number.NaN };
  const [first, last] = [held[0], held.at(-1)];
  return {
    cpu: (last.cpu - first.cpu) / ((last.at - first.at) / 1000),
    memory: median(held.map(({ memory }) => memory)),
  };
}

const runs = [];
for (const users of sizes) runs.push(await play(users));
const [base, ...loaded] = runs;
const perUser = ({ users, memory }) => (memory - base.memory) / (users - 1) / 1000;

printHead(`users: memory, CPU and lateness of one worker with 3 to 7 s think time, ${hold} s hold after the climb`, [
  `limit on open files ${whole(limit)}; memory is the median of resident memory in the hold, the base is that of 1 user`,
]);
printTable(
  [
    'users',
    'requests/s',
    'failed',
    'CPU, % of a core',
    'memory, MB',
    'KB per user',
    'lateness p50, ms',
    'p99, ms',
    'most, ms',
  ],
  runs.map((run) => [
    whole(run.users),
    whole(run.sum.requests / run.sum.seconds),
    whole(run.sum.failed),
    fixed(run.cpu * 100, 1),
    megabytes(run.memory),
    run === base ? '–' : fixed(perUser(run), 1),
    fixed(percentileMs(run.sum.lateness, 0.5)),
    fixed(percentileMs(run.sum.lateness, 0.99)),
    fixed((run.sum.lateness.max ?? Number.NaN) / 1000),
  ]),
);
for (const { users, code, verdict } of loaded)
  if (code !== 0) print(`${whole(users)} users: exit code ${code}. ${verdict}`);

const ten = runs.find(({ users }) => users === 10_000);
const late = ten ? percentileMs(ten.sum.lateness, 0.99) : null;
printBars([
  [
    'memory per user at 10 000 users',
    '≤ 20 KB',
    ten ? `${fixed(perUser(ten), 1)} KB` : '–',
    ten ? perUser(ten) <= 20 : null,
  ],
  ['lateness p99 at 10 000 users', '≤ 5 ms', ten ? `${fixed(late)} ms` : '–', ten ? late <= 5 : null],
]);
