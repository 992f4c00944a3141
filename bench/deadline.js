// How soon after its deadline a request ends: 250 ms against servers that let one wait at each step, many users at a time.
// Usage: npm run build && node bench/deadline.js
import { createServer } from 'node:net';
import { cpus } from 'node:os';
import { isMainThread, parentPort, Worker, workerData } from 'node:worker_threads';
import { httpTransport } from '../dist/io/http-transport.js';
import { realClock } from '../dist/io/real-clock.js';

const limit = 250;
const bar = 20;
const users = 50;
const rounds = 8;
const drip = (begin, text) => (socket) => {
  socket.once('data', () => {
    socket.write(begin);
    const timer = setInterval(() => socket.write(text), 20);
    socket.once('close', () => clearInterval(timer));
  });
};
const servers = [
  ['accepts and says nothing', 'http', () => {}],
  ['TLS handshake that hangs', 'https', () => {}],
  ['slow headers', 'http', drip('HTTP/1.1 200 OK\r\n', 'x: y\r\n')],
  ['slow body, byte by byte', 'http', drip('HTTP/1.1 200 OK\r\nContent-Length: 9999\r\n\r\n', 'x')],
];

if (isMainThread) await measure();
else serve(workerData);

/** Runs in a thread of its own, so that what it does is not in the way of the deadlines. */
function serve(act) {
  const server = createServer((socket) => {
    socket.on('error', () => {}).resume();
    servers[act][2](socket);
  });
  server.listen(0, '127.0.0.1', () => parentPort.postMessage(server.address().port));
}

async function measure() {
  process.stdout.write(
    `Time from a deadline of ${limit} ms to the end of the request, ${users} users, ${rounds} requests each\n` +
      `Node ${process.version}, ${cpus().length} cores, ${cpus()[0]?.model ?? 'unknown processor'}\n\n` +
      `${'server'.padEnd(28)}${'p50'.padStart(10)}${'p99'.padStart(10)}${'most'.padStart(10)}${`within ${bar} ms`.padStart(15)}\n`,
  );
  for (const [index, [name, scheme]] of servers.entries()) {
    const server = new Worker(new URL(import.meta.url), { workerData: index });
    const port = await new Promise((resolve) => server.once('message', resolve));
    const clock = realClock();
    const tls = { insecure: true, ca: null };
    const transport = httpTransport({ origin: `${scheme}://127.0.0.1:${port}`, clock, tls });
    const over = [];
    const play = async (user) => {
      const connection = transport.open(user);
      await clock.until(user * 5);
      for (let round = 0; round < rounds; round++) {
        const handed = clock.now();
        const reply = await connection.send({ method: 'GET', path: '/', headers: [], body: null }, handed + limit);
        if (reply.error !== 'timeout') throw new Error(`${name}: ${reply.error ?? reply.kind}`);
        over.push(reply.ended - handed - limit);
      }
    };
    await Promise.all(Array.from({ length: users }, (_, user) => play(user)));
    await transport.close();
    await server.terminate();
    over.sort((a, b) => a - b);
    const at = (share) => `${(over[Math.ceil(share * over.length) - 1] ?? Number.NaN).toFixed(1)} ms`.padStart(10);
    const within = `${((over.filter((ms) => ms >= 0 && ms <= bar).length / over.length) * 100).toFixed(1)} %`;
    process.stdout.write(`${name.padEnd(28)}${at(0.5)}${at(0.99)}${at(1)}${within.padStart(15)}\n`);
  }
}
