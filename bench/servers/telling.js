// Answers as fixed.js does, fails one request in a hundred, and tells what it uses in each way that a monitor can read.
import { answer, answerRequests } from './answer-requests.js';

let requests = 0;

answerRequests((socket, bytes) => {
  const path = /^\w+ (\S*)/.exec(bytes.toString('latin1', 0, 300))?.[1] ?? '';
  const told = tell(path);
  if (told !== null) {
    socket.write(reply(200, told));
    return;
  }
  requests += 1;
  socket.write(requests % 100 === 0 ? reply(500, 'planted') : answer);
});

function tell(path) {
  const { user, system } = process.cpuUsage();
  const [cpu, memory] = [(user + system) / 1e6, process.memoryUsage.rss()];
  if (path.startsWith('/metrics'))
    return `process_cpu_seconds_total ${cpu}\nprocess_resident_memory_bytes ${memory}\nrequests_total ${requests}\n`;
  if (path.startsWith('/stats')) return JSON.stringify({ cpu_seconds: cpu, memory, requests });
  if (path.startsWith('/api/v1/query'))
    return JSON.stringify({ status: 'success', data: { resultType: 'scalar', result: [Date.now() / 1000, '0.25'] } });
  return null;
}

function reply(status, body) {
  return `HTTP/1.1 ${status} ${status === 200 ? 'OK' : 'Internal Server Error'}\r\ncontent-type: text/plain\r\ncontent-length: ${body.length}\r\n\r\n${body}`;
}
