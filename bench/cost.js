// Requests per CPU-second of the generator: zero think time, 50 users, a fixed-reply server in a process of its own. The
// contenders take turns, so that noise of the machine meets all of them; medians and ratios of one run are what counts.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { getEvery, paths, questionBody } from './contenders/fixed-requests.js';
import { meanRequest } from './harness/mean-request.js';
import { benchFile, inScratchFolder, onPath, runCommand, runSqload, startServer } from './harness/processes.js';
import { median } from './harness/statistics.js';
import { fixed, packageVersion, print, printBars, printHead, printTable, quick, whole } from './harness/table.js';

const users = 50;
const seconds = quick ? 2 : 5;
const rounds = quick ? 1 : 5;
const warmUp = 2;
const { bytes } = meanRequest();

/** A contender that tells in one line of JSON how many requests it made and the CPU time they took. */
const told = async (command, env = {}) => lastJson(await runCommand(command, { env }));

/** One that cannot tell its CPU time: the shell does. Its start and end are in it, for C and Go some hundredths of a second. */
async function timed(command, env = {}) {
  const result = await runCommand(['bash', '-c', 'TIMEFORMAT="cpu %U %S"; time "$@"', 'bash', ...command], {
    env: { ...env, LC_ALL: 'C' },
  });
  const [, user, system] = /^cpu ([\d.]+) ([\d.]+)$/m.exec(result.stderr) ?? [];
  return { ...lastJson(result), cpu: Number(user) + Number(system) };
}

function lastJson({ stdout, stderr }) {
  const line = stdout.split('\n').findLast((text) => text.startsWith('{'));
  if (line === undefined) throw new Error(`a contender told no result:\n${stdout}${stderr}`);
  return JSON.parse(line);
}

const script = (name) => (port) =>
  told([process.execPath, benchFile(`contenders/${name}.js`), ...[port, seconds, users, bytes, warmUp].map(String)]);

/** The whole command: start, preflight, load, record, report and files. */
const sqloadCommand = (port) =>
  inScratchFolder(async (out) => {
    const load = ['-u', `${users}`, '-r', '1000/s', '-t', `${seconds}s`, '--think', '0s-0s', '--no-default-thresholds'];
    const target = ['-H', `http://127.0.0.1:${port}`, '--quiet', '--out', out];
    const csv = ['--csv', join(out, 'x')];
    const { usage } = await runSqload(['run', benchFile('scenarios/steady.yaml'), ...load, ...target, ...csv]);
    const all = readFileSync(join(out, 'x_stats.csv'), 'utf8').trim().split('\n').at(-1).split(',');
    return { requests: Number(all[2]), failed: Number(all[3]), cpu: usage.cpu };
  });

const wrk = (port) =>
  timed(
    ['wrk', '-t1', `-c${users}`, `-d${seconds}s`, '-s', benchFile('contenders/wrk.lua'), `http://127.0.0.1:${port}`],
    { BODY_BYTES: String(bytes) },
  );

/** hey sends one kind of request only: POSTs. */
async function hey(port) {
  const post = ['-m', 'POST', '-T', 'application/json', '-d', questionBody(bytes)];
  const url = `http://127.0.0.1:${port}${paths.post}`;
  const command = ['hey', '-cpus', '1', '-z', `${seconds}s`, '-c', String(users), '-o', 'csv', ...post, url];
  const shell = `TIMEFORMAT="cpu %U %S"; time "$@" | awk -F, 'NR > 1 { if ($7 == 200) ok++; else failed++ } END { printf "{\\"requests\\":%d,\\"failed\\":%d}\\n", ok + failed, failed }'`;
  const result = await runCommand(['bash', '-c', shell, 'bash', ...command], { env: { LC_ALL: 'C' } });
  const [, user, system] = /^cpu ([\d.]+) ([\d.]+)$/m.exec(result.stderr) ?? [];
  return { ...lastJson(result), cpu: Number(user) + Number(system) };
}

const k6 = (port) =>
  timed(['k6', 'run', '--quiet', '--no-usage-report', benchFile('contenders/k6.js')], {
    BODY_BYTES: String(bytes),
    USERS: String(users),
    SECONDS: String(seconds),
    TARGET: `http://127.0.0.1:${port}`,
  });

const locust = (userClass) => (port) =>
  told(
    [
      'locust',
      '-f',
      benchFile('contenders/locustfile.py'),
      '--headless',
      '--only-summary',
      '-u',
      `${users}`,
      '-r',
      '50',
    ].concat(['-t', `${seconds}s`, '-H', `http://127.0.0.1:${port}`, userClass]),
    { BODY_BYTES: String(bytes) },
  );

const contenders = [
  { name: 'undici dispatch + JSON', play: script('undici-dispatch') },
  { name: 'autocannon', play: script('autocannon') },
  { name: 'sqload', play: script('sqload') },
  { name: 'sqload run, whole command', play: sqloadCommand },
  { name: 'wrk', command: 'wrk', play: wrk },
  { name: 'hey', command: 'hey', play: hey },
  { name: 'k6', command: 'k6', play: k6 },
  { name: 'Locust FastHttpUser', command: 'locust', play: locust('Fast') },
  { name: 'Locust HttpUser', command: 'locust', play: locust('Requests') },
];
const here = contenders.filter(({ command }) => command === undefined || onPath(command));
const rates = new Map(here.map(({ name }) => [name, []]));

/** What the commands on the PATH say of their versions; hey says nothing. */
async function versions() {
  const found = [`undici ${packageVersion('undici')}`, `autocannon ${packageVersion('autocannon')}`];
  for (const [command, flag] of Object.entries({ wrk: '-v', k6: 'version', locust: '--version' })) {
    if (!onPath(command)) continue;
    const { stdout } = await runCommand([command, flag]);
    found.push(/^(.*?\d+(\.\d+)+)/.exec(stdout)?.[1] ?? command);
  }
  return found.join(', ');
}

const server = await startServer('fixed.js');
try {
  for (let round = 0; round < rounds; round++) {
    for (const { name, play } of here) {
      const { requests, failed, cpu } = await play(server.port);
      if (failed > 0 || !(requests > 0)) throw new Error(`${name}: ${failed} of ${requests} requests failed`);
      rates.get(name).push(requests / cpu);
    }
  }
} finally {
  await server.stop();
}

printHead(
  `cost: requests per CPU-second of the generator, ${users} users, no think time, ${rounds} rounds of ${seconds} s`,
  [
    `${await versions()}; one GET in ${getEvery}, POST bodies of ${bytes} bytes (sqload: on average); no request failed`,
    `The first three play ${warmUp} s in the same process before they are measured, since runs last for minutes.`,
  ],
);
const own = median(rates.get('sqload'));
const ratioTo = (name) => (rates.has(name) ? own / median(rates.get(name)) : null);
printTable(
  ['contender', 'median', 'least', 'most', 'µs per request', 'sqload is'],
  here.map(({ name }) => {
    const all = rates.get(name);
    const middle = median(all);
    const [least, most] = [Math.min(...all), Math.max(...all)];
    return [name, whole(middle), whole(least), whole(most), fixed(1e6 / middle, 1), `${fixed(own / middle)}×`];
  }),
);
const missing = contenders.filter((contender) => !here.includes(contender)).map(({ name }) => name);
if (missing.length > 0) print(`Left out, not on the PATH: ${missing.join(', ')}.\n`);

const bar = (name, what, least) => {
  const ratio = ratioTo(name);
  return [what, `≥ ${least}×`, ratio === null ? '–' : `${fixed(ratio)}×`, ratio === null ? null : ratio >= least];
};
printBars([
  bar('undici dispatch + JSON', 'cost against the bare undici dispatch loop', 0.85),
  bar('autocannon', 'cost against autocannon', 0.65),
  bar('k6', 'cost against k6', 5),
  bar('Locust FastHttpUser', 'cost against Locust FastHttpUser', 6),
  bar('Locust HttpUser', 'cost against Locust HttpUser', 25),
]);
