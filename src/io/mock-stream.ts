import type { ServerResponse } from 'node:http';
import type { MockAnswer } from '../mock/exchange.ts';

/** So often a stream says that it is still there, as sse_starlette does. */
const pingInterval = 15_000;

/** Begins a reply that stays open, and lets the server push into it until one of the two sides ends it. */
export function holdStream(
  response: ServerResponse,
  { reply, stream }: Extract<MockAnswer, { readonly kind: 'stream' }>,
): void {
  response.writeHead(reply.status, { ...reply.headers, connection: 'keep-alive' });
  response.write(reply.body);
  const pings = setInterval(() => response.write(`: ping - ${new Date().toISOString()}\r\n\r\n`), pingInterval);
  response.on('close', () => {
    clearInterval(pings);
    stream.close();
  });
  stream.attach({
    write: (text) => response.write(text),
    end: () => response.end(),
    cut: (text) => response.write(text, () => response.socket?.destroy()),
  });
}
