import { readFileSync } from 'node:fs';
import type { RequestListener } from 'node:http';
import { createServer, type Server } from 'node:https';
import { afterEach, describe, expect, test } from 'vitest';
import { fetchText } from './fetch-text.ts';

const pem = (name: string) => readFileSync(new URL(`../../testing/tls/localhost-${name}.pem`, import.meta.url), 'utf8');
const [cert, key] = [pem('cert'), pem('key')];
const servers: Server[] = [];
afterEach(() => {
  for (const server of servers.splice(0)) server.closeAllConnections();
});

/** A server with a certificate that nobody knows. */
async function serve(answer: RequestListener): Promise<string> {
  const server = createServer({ cert, key }, answer);
  servers.push(server);
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  return `https://localhost:${typeof address === 'object' ? address?.port : ''}/metrics`;
}

const get = (
  href: string,
  tls: { readonly insecure: boolean; readonly ca: string | null },
  userInfo: string | null = null,
) =>
  fetchText(href, { userInfo }, tls).then(
    (text) => text,
    (error: Error) => `refused: ${error.message}`,
  );

describe('fetchText() over TLS', () => {
  test('accepts the certificates that the load accepts: of an authority of one’s own, or any', async () => {
    const asked: (string | undefined)[] = [];
    const href = await serve(({ headers }, reply) => {
      asked.push(headers.authorization);
      reply.end('up 1\n');
    });
    // The first connection of a process loads what TLS needs, which may take longer than an answer may.
    await get(href, { insecure: false, ca: null });
    expect(await get(href, { insecure: false, ca: null })).toBe(
      'refused: the connection failed (DEPTH_ZERO_SELF_SIGNED_CERT)',
    );
    expect(await get(href, { insecure: false, ca: cert }, 'me:word')).toBe('up 1\n');
    expect(await get(href, { insecure: true, ca: null })).toBe('up 1\n');
    expect(asked).toEqual([`Basic ${Buffer.from('me:word').toString('base64')}`, undefined]);
  });

  test('keeps to its limits there too: status, redirects, time', async () => {
    const insecure = { insecure: true, ca: null };
    const away = await serve((_, reply) => void reply.writeHead(302, { location: 'http://127.0.0.1:1/' }).end());
    expect(await get(away, insecure)).toBe('refused: it redirects, which is not followed');
    const missing = await serve((_, reply) => void reply.writeHead(404).end());
    expect(await get(missing, insecure)).toBe('refused: it answers with status 404');
    const silent = await serve(() => {});
    expect(await get(silent, insecure)).toBe('refused: it does not answer within 0.8 s');
    const halting = await serve((_, reply) => void reply.write('up'));
    expect(await get(halting, insecure)).toBe('refused: it does not answer within 0.8 s');
    expect(await get('http://127.0.0.1:1/', insecure)).toBe('refused: Node makes no HTTP requests to this port');
    expect(await get('https://127.0.0.1:1/', insecure)).toBe('refused: nothing listens there');
  });
});
