// What the servers of the benchmarks have in common: a bare HTTP/1.1 over node:net, far cheaper than any generator, and a
// channel to the benchmark. They tell their port first; asked for a `report`, they tell what they saw and used.
import { createServer } from 'node:net';

const headEnd = Buffer.from('\r\n\r\n');
/** The question that every server asks. */
export const questionText = JSON.stringify({
  conversation_id: '00000000-0000-4000-8000-000000000000',
  session_id: '00000000-0000-4000-8000-000000000001',
  question: 'What would you like to know about it, and what have you tried so far?',
});

/** The one answer to every request. */
export const answer = Buffer.from(
  `HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: ${Buffer.byteLength(questionText)}\r\n\r\n${questionText}`,
);

/** Calls `onRequest(socket, bytes)` for each whole request; `report()` gives what the benchmark gets when it asks. */
export function answerRequests(onRequest, report = () => ({})) {
  let requests = 0;
  const server = createServer({ noDelay: true }, (socket) => {
    let held = null;
    socket.on('error', () => {});
    socket.on('data', (chunk) => {
      let rest = held === null ? chunk : Buffer.concat([held, chunk]);
      held = null;
      while (rest.length > 0) {
        const length = requestLength(rest);
        if (rest.length < length) {
          held = rest;
          return;
        }
        requests += 1;
        if (requests === 1) process.send({ firstRequest: performance.timeOrigin + performance.now() });
        const request = rest.subarray(0, length);
        rest = rest.subarray(length);
        onRequest(socket, request);
      }
    });
  });
  server.listen({ port: 0, host: '127.0.0.1', backlog: 4096 }, () => process.send({ port: server.address().port }));
  process.on('message', () => {
    const { user, system } = process.cpuUsage();
    process.send({ report: { requests, cpu: (user + system) / 1e6, at: performance.now() / 1000, ...report() } });
  });
  process.on('disconnect', () => process.exit());
}

/** Bytes of the first request in what came so far; infinite while its head is not whole. */
function requestLength(bytes) {
  const head = bytes.indexOf(headEnd);
  if (head < 0) return Number.POSITIVE_INFINITY;
  const body = /content-length: (\d+)/i.exec(bytes.latin1Slice(0, head))?.[1] ?? 0;
  return head + headEnd.length + Number(body);
}
