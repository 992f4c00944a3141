// Answers every request at once in the dialect of its first argument, with the same question, so that the generator is all
// that is measured: ids of JSON-RPC are found without parsing.
import { answerRequests, questionText } from './answer-requests.js';

const dialect = process.argv[2] ?? 'guide';
const head = (type, length) => `HTTP/1.1 200 OK\r\ncontent-type: ${type}\r\ncontent-length: ${length}\r\n`;
const json = (body, headers = '') => `${head('application/json', Buffer.byteLength(body))}${headers}\r\n${body}`;
const accepted = 'HTTP/1.1 202 Accepted\r\ncontent-length: 0\r\n\r\n';

const { question, ...ids } = JSON.parse(questionText);
const upstream = JSON.stringify({ current_question: question, next_batch_needed: true, ...ids });
const plain = json(dialect === 'upstream' ? upstream : questionText);
const toolResult = JSON.stringify({ content: [{ type: 'text', text: upstream }], isError: false });
const initialized = JSON.stringify({
  protocolVersion: '2025-11-25',
  capabilities: { tools: {} },
  serverInfo: { name: 'bench', version: '1' },
});

/** The reply to one message of JSON-RPC; its id is near its begin. */
function rpc(body) {
  if (body.includes('"method":"notifications/initialized"')) return accepted;
  const id = /"id":(\d+)/.exec(body)?.[1] ?? '0';
  if (body.includes('"method":"initialize"'))
    return json(`{"jsonrpc":"2.0","id":${id},"result":${initialized}}`, 'mcp-session-id: bench\r\n');
  const text = `{"jsonrpc":"2.0","id":${id},"result":${toolResult}}`;
  if (dialect !== 'mcp-events') return json(text);
  const event = `event: message\ndata: ${text}\n\n`;
  return `${head('text/event-stream', Buffer.byteLength(event))}\r\n${event}`;
}

answerRequests((socket, request) => {
  if (!dialect.startsWith('mcp')) {
    socket.write(plain);
    return;
  }
  const text = request.latin1Slice();
  if (text.startsWith('GET') || text.startsWith('DELETE')) socket.write(plain);
  else socket.write(rpc(text.slice(text.indexOf('\r\n\r\n') + 4)));
});
