// autocannon as a library: as many connections as sqload, one GET in nine, bodies of the same mean size; it parses no JSON
// and checks nothing. Usage: autocannon.js <port> <seconds> <users> <body bytes> <warm-up seconds>
import autocannon from 'autocannon';
import { getEvery, paths, questionBody } from './fixed-requests.js';

const [port, seconds, users, bytes, warmUp] = process.argv.slice(2).map(Number);
const accept = { accept: 'application/json' };
const get = { method: 'GET', path: paths.get, headers: accept };
const post = {
  method: 'POST',
  path: paths.post,
  headers: { 'content-type': 'application/json', ...accept },
  body: questionBody(bytes),
};
const play = (duration) =>
  autocannon({
    url: `http://127.0.0.1:${port}`,
    connections: users,
    duration,
    requests: [get, ...Array.from({ length: getEvery - 1 }, () => post)],
  });

await play(warmUp);
const before = process.cpuUsage();
const result = await play(seconds);
const { user, system } = process.cpuUsage(before);
const { errors, non2xx } = result;
// Not `requests.total`: that adds up samples of a timer, and lacks the seconds in which the timer was late. Errors count timeouts.
const report = { requests: result['2xx'] + non2xx, failed: errors + non2xx, cpu: (user + system) / 1e6 };
process.stdout.write(`${JSON.stringify(report)}\n`);
