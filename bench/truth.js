// Whether the numbers are right: percentiles that sqload reports against those of the server process itself, which keeps what
// each request really took there, from its arrival to the end of its answer, as exact values. Both count every request of
// the run. What lies between the two is the way there and back and the time until each event loop looks.
import { benchFile, inScratchFolder, runSqload, startServer } from './harness/processes.js';
import { addUp, percentileMs, recordIn } from './harness/record-window.js';
import { fixed, print, printBars, printHead, printTable, quick, whole } from './harness/table.js';

const planted = { median: 120, p95: 350 };
const sigma = (Math.log(planted.p95) - Math.log(planted.median)) / 1.6448536;
const meanLatency = planted.median * Math.exp(sigma ** 2 / 2);
const think = 1000;
const climb = 5;
const hold = quick ? 5 : 25;
const rates = [200, 1000, 4000];
const quantiles = { p50: 0.5, p95: 0.95, p99: 0.99 };

/** Users of closed load that make so many requests per second: each sends one per think time and answer. */
const usersFor = (rate) => Math.round((rate * (think + meanLatency)) / 1000);

async function play(rate) {
  const server = await startServer('planted-latency.js', { args: [planted.median, planted.p95].map(String) });
  try {
    return await inScratchFolder(async (out) => {
      const load = [
        '-u',
        `${usersFor(rate)}`,
        '--climb',
        `${climb}s`,
        '-t',
        `${climb + hold}s`,
        '--think',
        '0.5s-1.5s',
      ];
      const target = ['-H', `http://127.0.0.1:${server.port}`, '--no-preflight', '--no-default-thresholds'];
      const scenario = benchFile('scenarios/steady.yaml');
      const { code } = await runSqload(['run', scenario, ...load, ...target, '--quiet', '--out', out]);
      const record = recordIn(out);
      const held = addUp(record, climb, climb + hold);
      const all = addUp(record);
      return { rate, code, real: held.requests / held.seconds, all, truth: await server.report() };
    });
  } finally {
    await server.stop();
  }
}

const runs = [];
for (const rate of rates) runs.push(await play(rate));

printHead(
  `truth: percentiles of sqload against the server's own, lognormal latency with a median of 120 ms and a p95 of 350 ms`,
  [
    `closed load, 0.5 to 1.5 s think time, ${climb} s climb and ${hold} s hold; every request of the run is in both columns`,
  ],
);
const differences = (truth, ms) => [`${fixed(ms - truth)}`, `${fixed((100 * (ms - truth)) / truth)} %`];
printTable(
  [
    'requests/s',
    'requests',
    'percentile',
    'server, ms',
    'service, ms',
    'error, ms',
    'error',
    'response, ms',
    'error, ms',
    'error',
  ],
  runs.flatMap(({ real, all, truth }) =>
    Object.entries(quantiles).map(([name, quantile], i) => {
      const service = percentileMs(all.service, quantile);
      const response = percentileMs(all.response, quantile);
      return [
        i === 0 ? whole(real) : '',
        i === 0 ? whole(all.requests) : '',
        name,
        fixed(truth[name]),
        fixed(service),
        ...differences(truth[name], service),
        fixed(response),
        ...differences(truth[name], response),
      ];
    }),
  ),
);
for (const { rate, code, all, truth } of runs) {
  if (all.requests !== truth.answered || all.failed > 0)
    print(
      `At ${rate}/s the two did not count the same: sqload ${all.requests} (${all.failed} failed), server ${truth.answered}.`,
    );
  if (code !== 0) print(`At ${rate}/s sqload ended with exit code ${code}.`);
}

const { all, truth } = runs.find(({ rate }) => rate === 1000);
const errors = Object.entries(quantiles).flatMap(([name, quantile]) =>
  [all.service, all.response].map((histogram) => {
    const error = Math.abs(percentileMs(histogram, quantile) - truth[name]);
    return { error, fine: error <= Math.max(1, truth[name] / 100) };
  }),
);
const worst = Math.max(...errors.map(({ error }) => error));
printBars([
  [
    'error of p50, p95 and p99 at 1 000 requests/s',
    '≤ 1 ms or 1 %',
    `≤ ${fixed(worst)} ms`,
    errors.every(({ fine }) => fine) && all.requests === truth.answered,
  ],
]);
