// Requests per CPU-second of the generator: zero think time, 50 users, a fixed-reply server in a process of its own. The
// contenders take turns, so that noise of the machine meets all of them; medians and ratios of one run are what counts.
import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { cpus } from 'node:os';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const users = 50;
const seconds = 5;
const rounds = 5;
const contenders = ['undici-dispatch', 'sqload'];
const run = promisify(execFile);
const here = (path) => fileURLToPath(new URL(path, import.meta.url));
const median = (values) => [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)];

const server = spawn(process.execPath, [here('fixed-server.js')], { stdio: ['ignore', 'pipe', 'inherit'] });
try {
  const [port] = await once(server.stdout, 'data');
  const rates = Object.fromEntries(contenders.map((name) => [name, []]));
  for (let round = 0; round < rounds; round++) {
    for (const name of contenders) {
      const args = [here(`contenders/${name}.js`), String(port).trim(), String(seconds), String(users)];
      const { requests, failed, cpu } = JSON.parse((await run(process.execPath, args)).stdout);
      if (failed > 0) throw new Error(`${name}: ${failed} of ${requests} requests failed`);
      rates[name].push(requests / cpu);
    }
  }
  const floor = median(rates['undici-dispatch']);
  process.stdout.write(
    `Requests per CPU-second of the generator: ${users} users, no think time, ${rounds} rounds of ${seconds} s\n` +
      `Node ${process.version}, ${cpus().length} cores, ${cpus()[0]?.model ?? 'unknown processor'}\n\n` +
      `${'contender'.padEnd(18)}${'median'.padStart(9)}${'least'.padStart(9)}${'most'.padStart(9)}${'ratio'.padStart(8)}\n`,
  );
  for (const name of contenders) {
    const cells = [median(rates[name]), Math.min(...rates[name]), Math.max(...rates[name])].map((rate) =>
      String(Math.round(rate)).padStart(9),
    );
    process.stdout.write(
      `${name.padEnd(18)}${cells.join('')}${(median(rates[name]) / floor).toFixed(2).padStart(8)}\n`,
    );
  }
} finally {
  server.kill();
}
