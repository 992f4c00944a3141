// Constant memory: a real run of ten minutes, 200 users, 0.5 to 1.5 s think time, with every kind of monitor, both counts and every
// hook on. Resident memory of the generator over time: what the second minute uses, the last one may use.
import { benchFile, inScratchFolder, runSqload, startServer } from './harness/processes.js';
import { addUp, recordIn } from './harness/record-window.js';
import { median, slope } from './harness/statistics.js';
import { fixed, megabytes, print, printHead, printTable, quick, whole } from './harness/table.js';

const users = 200;
const minute = quick ? 5 : 60;
const minutes = 10;
const every = quick ? 2 : 10;
const length = minute * minutes;

const server = await startServer('telling.js');
try {
  await inScratchFolder(async (out) => {
    const load = ['-u', `${users}`, '--climb', '1s', '-t', `${length}s`, '--think', '0.5s-1.5s'];
    const address = `http://127.0.0.1:${server.port}`;
    const target = ['-H', address, '--no-preflight', '--no-default-thresholds'];
    const watched = [
      ...[`pid:${server.pid}`, `port:${server.port}`, `prometheus:${address}/metrics`],
      ...[`promql:${address}?cpu_ratio=up`, `json:${address}/stats#cpu_seconds=/cpu_seconds&memory=/memory`],
    ].flatMap((source, i) => ['--monitor', `m${i}=${source}`]);
    const rest = ['--counters', `${address}/stats#/requests`, '--hooks', benchFile('harness/soak-hooks.mjs')];
    const args = [
      'run',
      benchFile('scenarios/steady.yaml'),
      ...load,
      ...target,
      ...watched,
      ...rest,
      '--quiet',
      '--out',
      out,
    ];
    const { code, usage } = await runSqload(args);
    const record = recordIn(out);
    const all = addUp(record);
    tell(code, all, samplesOf(usage, Date.parse(record.header.startedAt)));
  });
} finally {
  await server.stop();
}

/** Seconds of the run and resident memory, one sample in ten seconds. */
function samplesOf({ samples }, startedAt) {
  const during = samples.map(({ at, memory }) => [(at - startedAt) / 1000, memory]);
  return during.filter(([at], i) => at > 0 && at <= length && i % every === 0);
}

function tell(code, all, samples) {
  printHead(
    `soak: ${length} s of ${users} users with 0.5 to 1.5 s think time, five monitors, both counts, every hook; resident memory each ${every} s`,
    [`${whole(all.requests)} requests, ${whole(all.failed)} failed, exit code ${code}`],
  );
  const inMinute = (i) =>
    samples.filter(([at]) => at > i * minute && at <= (i + 1) * minute).map(([, memory]) => memory);
  printTable(
    ['minute', 'least, MB', 'median, MB', 'most, MB'],
    Array.from({ length: minutes }, (_, i) => {
      const all = inMinute(i);
      return [i + 1, megabytes(Math.min(...all)), megabytes(median(all)), megabytes(Math.max(...all))];
    }),
  );
  const after = samples.filter(([at]) => at > minute);
  const [first, last] = [median(inMinute(0)), median(inMinute(minutes - 1))];
  print(
    `After minute 1 memory changes by ${fixed((slope(after) * minute) / 1000, 0)} KB a minute (least squares); ` +
      `minute ${minutes} uses ${fixed(last / first)}× what minute 1 used.\n`,
  );
}
