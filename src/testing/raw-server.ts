import { createServer, type Server, type Socket } from 'node:net';
import { createServer as createTlsServer } from 'node:tls';

/** A request as a raw server saw it, with the socket to do anything to. */
export interface RawExchange {
  readonly socket: Socket;
  readonly method: string;
  readonly path: string;
  /** Names in lower case. */
  readonly headers: ReadonlyMap<string, string>;
  readonly body: string;
  /** Length of the whole request in bytes. */
  readonly bytes: number;
  /** Counted from 0: over the server, and over this connection. */
  readonly index: number;
  readonly indexOnConnection: number;
  /** Counted from 0. */
  readonly connection: number;
}

/** A TCP server on a free loopback port that reads HTTP requests, and answers with whatever its script writes. */
export interface RawServer {
  readonly origin: string;
  readonly port: number;
  /** Connections accepted so far. */
  readonly connections: number;
  /** Requests read so far. */
  readonly requests: number;
  /** Resolves when no client is connected any more. */
  idle(): Promise<void>;
  close(): Promise<void>;
}

export interface RawServerOptions {
  /** A free one unless given. */
  readonly port?: number;
  readonly tls?: { readonly key: string; readonly cert: string };
  /** Called with each new connection, before any request. */
  readonly onConnection?: (socket: Socket) => void;
  /** Called when bytes come, with all that is not yet part of a whole request; true: they are dropped unread. */
  readonly onBytes?: (socket: Socket, unread: Buffer) => boolean;
}

/** Starts a raw server. The script is called once for each whole request. */
export async function rawServer(
  script: (exchange: RawExchange) => void,
  options: RawServerOptions = {},
): Promise<RawServer> {
  const sockets = new Set<Socket>();
  const waiting: (() => void)[] = [];
  let connections = 0;
  let requests = 0;
  const accept = (socket: Socket): void => {
    const connection = connections++;
    let indexOnConnection = 0;
    let unread = Buffer.alloc(0);
    sockets.add(socket);
    socket.setNoDelay(true);
    socket.on('error', () => {});
    socket.on('close', () => {
      sockets.delete(socket);
      if (sockets.size === 0) for (const wake of waiting.splice(0)) wake();
    });
    options.onConnection?.(socket);
    socket.on('data', (chunk) => {
      unread = Buffer.concat([unread, chunk]);
      if (options.onBytes?.(socket, unread)) unread = Buffer.alloc(0);
      for (let request = readRequest(unread); request; request = readRequest(unread)) {
        unread = unread.subarray(request.bytes);
        script({ ...request, socket, connection, index: requests++, indexOnConnection: indexOnConnection++ });
      }
    });
  };
  const server = options.tls ? createTlsServer(options.tls, accept) : createServer(accept);
  const port = await listen(server, options.port ?? 0);
  return {
    origin: `${options.tls ? 'https' : 'http'}://127.0.0.1:${port}`,
    port,
    get connections() {
      return connections;
    },
    get requests() {
      return requests;
    },
    idle: () => (sockets.size === 0 ? Promise.resolve() : new Promise((resolve) => waiting.push(resolve))),
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        for (const socket of sockets) socket.destroy();
      }),
  };
}

/** A whole HTTP answer as text. `content-length` is set unless the headers say how the body ends. */
export function httpAnswer(body: string, status = 200, headers: Readonly<Record<string, string>> = {}): string {
  const names = Object.keys(headers).map((name) => name.toLowerCase());
  const framed = names.includes('content-length') || names.includes('transfer-encoding') || status === 204;
  const all = framed ? headers : { 'content-length': String(Buffer.byteLength(body)), ...headers };
  const lines = Object.entries(all).map(([name, value]) => `${name}: ${value}\r\n`);
  return `HTTP/1.1 ${status} Status\r\n${lines.join('')}\r\n${body}`;
}

type RawRequest = Pick<RawExchange, 'method' | 'path' | 'headers' | 'body' | 'bytes'>;

function readRequest(bytes: Buffer): RawRequest | null {
  const headEnd = bytes.indexOf('\r\n\r\n');
  if (headEnd < 0) return null;
  const [requestLine = '', ...lines] = bytes.toString('latin1', 0, headEnd).split('\r\n');
  const [method = '', path = ''] = requestLine.split(' ');
  const headers = new Map(
    lines.map((line): [string, string] => {
      const colon = line.indexOf(':');
      return [line.slice(0, colon).toLowerCase(), line.slice(colon + 1).trim()];
    }),
  );
  const bodyStart = headEnd + 4;
  const end = bodyStart + Number(headers.get('content-length') ?? 0);
  if (bytes.length < end) return null;
  return { method, path, headers, body: bytes.toString('utf8', bodyStart, end), bytes: end };
}

function listen(server: Server, port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', () => {
      const address = server.address();
      if (address === null || typeof address === 'string') reject(new Error('the server has no port'));
      else resolve(address.port);
    });
  });
}
