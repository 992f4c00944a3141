// Answers every request at once with the same bytes, so that the generator is all that is measured. Prints its port.
import { createServer } from 'node:net';

const body = JSON.stringify({
  conversation_id: '00000000-0000-4000-8000-000000000000',
  session_id: '00000000-0000-4000-8000-000000000001',
  question: 'What would you like to know about it, and what have you tried so far?',
});
const answer = Buffer.from(
  `HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: ${Buffer.byteLength(body)}\r\n\r\n${body}`,
);
const headEnd = Buffer.from('\r\n\r\n');

const server = createServer((socket) => {
  socket.setNoDelay(true);
  let held = Buffer.alloc(0);
  socket.on('error', () => {});
  socket.on('data', (chunk) => {
    held = held.length === 0 ? chunk : Buffer.concat([held, chunk]);
    for (;;) {
      const head = held.indexOf(headEnd);
      if (head < 0) return;
      const length = Number(/content-length: (\d+)/i.exec(held.subarray(0, head).toString('latin1'))?.[1] ?? 0);
      if (held.length < head + 4 + length) return;
      held = held.subarray(head + 4 + length);
      socket.write(answer);
    }
  });
});
server.listen(0, '127.0.0.1', () => process.stdout.write(`${server.address().port}\n`));
