// How long one waits: for --version and --help, over a Node that does nothing, and for the first request of a run.
import { spawnSync } from 'node:child_process';
import { benchFile, inScratchFolder, sqloadFile, startCommand, startServer } from './harness/processes.js';
import { median } from './harness/statistics.js';
import { fixed, printBars, printHead, printTable, quick } from './harness/table.js';

const rounds = quick ? 3 : 21;
const node = process.execPath;
const commands = [
  { name: 'node -e 0', args: ['-e', '0'] },
  { name: 'sqload --version', args: [sqloadFile, '--version'] },
  { name: 'sqload --help', args: [sqloadFile, '--help'] },
];
const firstRequest = 'sqload run, to its first request';
const took = new Map([...commands.map(({ name }) => name), firstRequest].map((name) => [name, []]));

/** Wall time of a whole process, ms. */
function waitFor(args) {
  const start = performance.now();
  const { status } = spawnSync(node, args, { stdio: 'ignore' });
  if (status !== 0) throw new Error(`node ${args.join(' ')} ended with exit code ${status}`);
  return performance.now() - start;
}

/** From the start of the process to the arrival of its first request at the server; the clocks are those of one machine. */
function waitForRequest() {
  return inScratchFolder(async (out) => {
    const server = await startServer('fixed.js');
    try {
      const scenario = benchFile('scenarios/steady.yaml');
      const args = [
        'run',
        scenario,
        '-H',
        `http://127.0.0.1:${server.port}`,
        '--no-preflight',
        '--quiet',
        '--out',
        out,
      ];
      const start = performance.timeOrigin + performance.now();
      const child = startCommand([node, sqloadFile, ...args]);
      const gone = new Promise((resolve) => child.once('exit', resolve));
      const arrived = await Promise.race([
        server.firstRequest,
        gone.then(() => Promise.reject(new Error('no request'))),
      ]);
      child.kill('SIGKILL');
      await gone;
      return arrived - start;
    } finally {
      await server.stop();
    }
  });
}

for (let round = 0; round < rounds; round++) {
  for (const { name, args } of commands) took.get(name).push(waitFor(args));
  took.get(firstRequest).push(await waitForRequest());
}

printHead(`start: wall time until something is there, ${rounds} rounds in turns`);
const base = median(took.get('node -e 0'));
const over = (name) => median(took.get(name)) - base;
printTable(
  ['command', 'median, ms', 'least, ms', 'most, ms', 'over node, ms'],
  [...took].map(([name, all]) => [
    name,
    fixed(median(all), 0),
    fixed(Math.min(...all), 0),
    fixed(Math.max(...all), 0),
    fixed(over(name), 0),
  ]),
);
printBars([
  [
    'sqload --version over node -e 0',
    '≤ 60 ms',
    `${fixed(over('sqload --version'), 0)} ms`,
    over('sqload --version') <= 60,
  ],
]);
