// CPU time per request of each dialect, on the same flow against a server that answers at once: what a session, JSON-RPC and
// server-sent events cost beside the guide's plain POST. The dialects take turns, so that noise of the machine meets all of them.
import { meanRequest } from './harness/mean-request.js';
import { benchFile, runCommand, startServer } from './harness/processes.js';
import { median } from './harness/statistics.js';
import { fixed, printBars, printHead, printTable, quick, whole } from './harness/table.js';

const users = 50;
const seconds = quick ? 2 : 4;
const rounds = quick ? 1 : 5;
const warmUp = 2;
const { bytes } = meanRequest();
const dialects = ['guide', 'docs', 'upstream', 'rest', 'mcp', 'mcp-events', 'mcp-stateless'];
const names = {
  mcp: 'mcp, JSON replies',
  'mcp-events': 'mcp, replies as events',
  'mcp-stateless': 'mcp of 2026-07-28',
};

const servers = new Map();
const rates = new Map(dialects.map((name) => [name, []]));
try {
  for (const name of dialects) servers.set(name, await startServer('questions.js', { args: [name] }));
  for (let round = 0; round < rounds; round++)
    for (const name of dialects) {
      const { port } = servers.get(name);
      const script = [process.execPath, benchFile('contenders/sqload.js')];
      const told = await runCommand([...script, ...[port, seconds, users, bytes, warmUp].map(String), name]);
      const { requests, failed, cpu } = JSON.parse(told.stdout);
      if (failed > 0 || !(requests > 0)) throw new Error(`${name}: ${failed} of ${requests} requests failed`);
      rates.get(name).push(requests / cpu);
    }
} finally {
  for (const server of servers.values()) await server.stop();
}

printHead(
  `dialects: requests per CPU-second of the generator, ${users} users, no think time, ${rounds} rounds of ${seconds} s`,
  ['no request failed; sessions stand before they are counted on, and set-ups are in no count'],
);
const of = (name) => median(rates.get(name));
printTable(
  ['dialect', 'median', 'least', 'most', 'µs per request', 'guide is'],
  dialects.map((name) => {
    const all = rates.get(name);
    const [least, most] = [Math.min(...all), Math.max(...all)];
    const cells = [
      whole(of(name)),
      whole(least),
      whole(most),
      fixed(1e6 / of(name), 1),
      `${fixed(of('guide') / of(name))}×`,
    ];
    return [names[name] ?? name, ...cells];
  }),
);
const ratio = of('guide') / of('mcp');
printBars([['cost of mcp against guide', '≤ 1.5×', `${fixed(ratio)}×`, ratio <= 1.5]]);
