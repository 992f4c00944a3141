// Sequential questioning on the official SDK's server: `node sdk-server.mjs <port> json|events sessions|stateless`.
import { randomUUID } from 'node:crypto';
import { createServer } from 'node:http';
import { McpServer } from '@modelcontextprotocol/sdk/server/mcp.js';
import { StreamableHTTPServerTransport } from '@modelcontextprotocol/sdk/server/streamableHttp.js';
import { z } from 'zod';

const [port, replies, state] = process.argv.slice(2);
const message = z.object({ role: z.string(), content: z.string() });
const fields = {
  user_id: z.string().optional(),
  context: z.string().optional(),
  conversation_id: z.string().optional(),
  session_id: z.string().optional(),
  previous_messages: z.array(message).optional(),
};

function questioner() {
  const server = new McpServer({ name: 'sdk', version: '1.0.0' });
  const tool = (name, question) =>
    server.registerTool(name, { inputSchema: fields }, (given) => {
      const answer = {
        conversation_id: given.conversation_id ?? randomUUID(),
        session_id: given.session_id ?? randomUUID(),
        current_question: question,
        next_batch_needed: (given.previous_messages?.length ?? 0) < 6,
      };
      return { content: [{ type: 'text', text: JSON.stringify(answer) }] };
    });
  tool('sequential_questioning', 'What brings you here?');
  tool('sequential_questioning_follow_up', 'And then?');
  return server;
}

const sessions = new Map();

async function transportFor(request, isInitialize) {
  const id = request.headers['mcp-session-id'];
  if (state === 'sessions' && id !== undefined) return sessions.get(id);
  if (state === 'sessions' && !isInitialize) return undefined;
  const transport = new StreamableHTTPServerTransport({
    sessionIdGenerator: state === 'sessions' ? randomUUID : undefined,
    enableJsonResponse: replies === 'json',
    onsessioninitialized: (created) => void sessions.set(created, transport),
    onsessionclosed: (closed) => void sessions.delete(closed),
  });
  await questioner().connect(transport);
  return transport;
}

createServer(async (request, response) => {
  if (request.url === '/health') {
    response
      .writeHead(200, { 'content-type': 'application/json' })
      .end(JSON.stringify({ status: 'ok', sessions: sessions.size }));
    return;
  }
  if (request.url !== '/mcp') {
    response.writeHead(404).end();
    return;
  }
  let text = '';
  for await (const piece of request) text += piece;
  const body = text === '' ? undefined : JSON.parse(text);
  const transport = await transportFor(request, body?.method === 'initialize');
  if (transport === undefined) {
    const error = { code: -32001, message: 'Session not found' };
    response
      .writeHead(404, { 'content-type': 'application/json' })
      .end(JSON.stringify({ jsonrpc: '2.0', error, id: null }));
    return;
  }
  await transport.handleRequest(request, response, body);
}).listen(Number(port), '127.0.0.1');
