// The floor: undici's dispatch in a bare loop that parses the JSON of each answer and keeps nothing. The same connections and
// mean body as sqload's. Usage: undici-dispatch.js <port> <seconds> <users>
import { Client } from 'undici';

const [port, seconds, users] = process.argv.slice(2).map(Number);
const body = Buffer.from(
  JSON.stringify({
    user_id: '00000000-0000-4000-8000-000000000000',
    context: 'Learning about Python programming',
    previous_messages: [
      { role: 'assistant', content: 'x'.repeat(150) },
      { role: 'user', content: 'y'.repeat(150) },
    ],
  }),
);
const headers = ['content-type', 'application/json', 'accept', 'application/json'];
const end = performance.now() + seconds * 1000;
let requests = 0;
let failed = 0;

/** One connection that sends its next request as soon as the answer to the last one is parsed. */
function loop() {
  return new Promise((done) => {
    const client = new Client(`http://127.0.0.1:${port}`, { headersTimeout: 0, bodyTimeout: 0, pipelining: 1 });
    let text = '';
    const send = () => client.dispatch({ method: 'POST', path: '/', headers, body }, handler);
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

const before = process.cpuUsage();
await Promise.all(Array.from({ length: users }, loop));
const { user, system } = process.cpuUsage(before);
process.stdout.write(`${JSON.stringify({ requests, failed, cpu: (user + system) / 1e6 })}\n`);
