// The floor: undici's dispatch in a bare loop that parses the JSON of each answer and keeps nothing. As many connections as
// sqload, one GET in nine, bodies of the same mean size. Usage: undici-dispatch.js <port> <seconds> <users> <body bytes> <warm-up seconds>
import { Client } from 'undici';
import { getEvery, paths, questionBody } from './fixed-requests.js';

const [port, seconds, users, bytes, warmUp] = process.argv.slice(2).map(Number);
const accept = ['accept', 'application/json'];
const get = { method: 'GET', path: paths.get, headers: accept, body: null };
const post = {
  method: 'POST',
  path: paths.post,
  headers: ['content-type', 'application/json', ...accept],
  body: Buffer.from(questionBody(bytes)),
};
let end = 0;
let requests = 0;
let failed = 0;

/** One connection that sends its next request as soon as the answer to the last one is parsed. */
function loop() {
  return new Promise((done) => {
    const client = new Client(`http://127.0.0.1:${port}`, { headersTimeout: 0, bodyTimeout: 0, pipelining: 1 });
    let text = '';
    const send = () => client.dispatch(requests % getEvery === 0 ? get : post, handler);
    const next = () => {
      requests += 1;
      if (performance.now() < end) send();
      else client.destroy().then(done);
    };
    const handler = {
      onConnect() {
        text = '';
      },
      onHeaders: () => true,
      onData(chunk) {
        text += chunk.toString();
        return true;
      },
      onComplete() {
        JSON.parse(text);
        next();
      },
      onError() {
        failed += 1;
        next();
      },
    };
    send();
  });
}

async function play(length) {
  end = performance.now() + length * 1000;
  requests = 0;
  await Promise.all(Array.from({ length: users }, loop));
}

await play(warmUp);
const before = process.cpuUsage();
await play(seconds);
const { user, system } = process.cpuUsage(before);
process.stdout.write(`${JSON.stringify({ requests, failed, cpu: (user + system) / 1e6 })}\n`);
