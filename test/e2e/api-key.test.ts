import { readdirSync, readFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { cleanUp, emptyFolder, needsBuild, runFolderIn, sqload } from './child.ts';
import { readers } from './real-run.ts';

beforeAll(needsBuild);
afterAll(cleanUp);

const key = 'sk-"very/secret+key&<0815>=';
const url = encodeURIComponent(key);
const html = key.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');

/** The key in every form in which a server can send it back. */
const echoes: readonly (readonly [name: string, form: string])[] = [
  ['as it is', key],
  ['JSON', JSON.stringify(key).slice(1, -1)],
  ['JSON in JSON', JSON.stringify(JSON.stringify(key)).slice(3, -3)],
  ['URL', url],
  ['URL in lower case', url.toLowerCase()],
  ['URL of a form', new URLSearchParams({ k: key }).toString().slice(2)],
  ['HTML', html],
  ['base64', btoa(key)],
  ['base64 without padding', btoa(key).replace(/=+$/, '')],
  ['base64 for URLs', btoa(key).replaceAll('+', '-').replaceAll('/', '_').replace(/=+$/, '')],
  ['base64 of the header', btoa(`Bearer ${key}`)],
];

/** What must not be seen: these, and parts of the key, since a key cut by a limit of length is half a key. */
const forms = [
  ...echoes,
  ['its first half', key.slice(0, 12)],
  ['its second half', key.slice(8)],
  ['its middle', key.slice(6, 18)],
  ['half of base64', btoa(key).slice(0, 16)],
  ['half of a URL', url.slice(0, 16)],
] as const;

type Answer = (response: ServerResponse, request: IncomingMessage) => void;

const say =
  (status: number, body: string, headers: Readonly<Record<string, string>> = {}): Answer =>
  (response) =>
    void response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(body);

const raw =
  (text: string): Answer =>
  (response) =>
    void response.socket?.end(text);

/** Every place in which a server can send the key back. The load meets them in turn. */
const answers: readonly Answer[] = [
  say(200, JSON.stringify({ conversation_id: key, session_id: key, question: `What is ${key}?` })),
  say(200, JSON.stringify({ note: `Bearer ${key}` })),
  say(200, JSON.stringify({ conversation_id: '', session_id: { [key]: key } })),
  say(200, `{"malformed": "${key}`),
  say(200, `<p>${html}</p> ${btoa(key)} ${url}`, { 'content-type': `text/html; key="${key}"` }),
  say(401, JSON.stringify({ detail: `Invalid key ${key}` })),
  say(403, `authorization: Bearer ${key}`),
  say(422, JSON.stringify({ detail: [{ input: { headers: { authorization: `Bearer ${key}` } } }] })),
  say(500, `Traceback: KeyError ${JSON.stringify({ key })}`),
  say(502, url),
  say(503, btoa(key)),
  say(307, `moved to /?key=${url}`, {
    location: `http://user:${url}@127.0.0.1:1/?key=${url}`,
    'set-cookie': `k=${url}`,
  }),
  (response) => void response.writeHead(418, key, { 'x-echo': key, 'www-authenticate': `Bearer ${key}` }).end(key),
  raw(`HTTP/1.1 200 OK\r\n${key}\r\n\r\n`),
  raw(`${key} 200 OK\r\n\r\n`),
  raw(`HTTP/1.1 200 OK\r\ncontent-length: ${key}\r\n\r\n`),
  raw(`HTTP/1.1 200 OK\r\ncontent-length: 500\r\n\r\n${key}`),
  raw(`HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n${key}\r\n`),
  ...echoes.map(([, form], i) => say(402 + i, `The key was ${form}, was it not?`)),
  // The key lies across every place where a text might be cut before it is cleaned.
  ...Array.from({ length: 36 }, (_, i) => say(430 + i, `${'x'.repeat(8 * i)} ${key} ${'y'.repeat(300)}`)),
];

describe.concurrent('the API key, sent back by an echoing server', () => {
  test('is in no byte of what a run writes, prints or keeps', async () => {
    const out = emptyFolder();
    let turn = 0;
    await withServer(
      (response, request) => answers[turn++ % answers.length]?.(response, request),
      async (address) => {
        const run = await sqload(
          [
            ...['sustained', '--host', address, '-u', '10', '-r', '100/s', '-t', '2s', '--think', '20ms'],
            ...[
              '--no-preflight',
              '--allow-saturated',
              '--out',
              join(out, 'runs'),
              '--csv',
              join(out, 'csv', 'x'),
              '--csv-full-history',
            ],
          ],
          { env: { SQLOAD_API_KEY: key }, cwd: out },
        ).ended;
        expect(run.code).toBe(1);
        expect(turn).toBeGreaterThan(2 * answers.length);
        const folder = runFolderIn(join(out, 'runs'));
        const kinds = new Set(
          readers(folder)
            .summary()
            .failures.map(({ kind }) => kind),
        );
        expect(kinds).toEqual(
          new Set(['http-4xx', 'http-5xx', 'missing-field', 'not-json', 'protocol-error', 'reset']),
        );
        const report = await sqload(['report', folder], { cwd: out }).ended;
        const everything = [run.stdout, run.stderr, report.stdout, report.stderr, ...filesBelow(out)];
        expect(everything.length).toBeGreaterThan(4 + 7);
        expect(everything.join('\n')).toContain('[redacted]');
        for (const text of everything) expect(formsIn(text)).toEqual([]);
      },
    );
  });

  test.each([
    [
      '401 with the key in its body',
      say(401, JSON.stringify({ detail: `Invalid key ${key}`, b64: btoa(key) })),
      /HTTP 401/,
    ],
    ['a status line with the key', (r: ServerResponse) => void r.writeHead(403, key).end(key), /HTTP 403/],
    ['500 with the key across the cut', say(500, `${'x'.repeat(145)}${key}`), /HTTP 500/],
    ['200 with the key in malformed JSON', say(200, `{"${key}`), /not-json/],
    ['a redirect to the key', say(302, url, { location: `/?${url}` }), /302|protocol-error/],
    ['an answer that is not HTTP', raw(`${key}\r\n\r\n`), /protocol-error/],
  ])('is in no byte of the preflight that failed: %s', async (_, answer, expected) => {
    const out = emptyFolder();
    await withServer(answer, async (address) => {
      const args = ['spike', '--host', address, '-t', '2s', '--out', join(out, 'runs')];
      const env = { SQLOAD_API_KEY: key, SQLOAD_DEBUG: '1' };
      const { code, stdout, stderr } = await sqload(args, { env, cwd: out }).ended;
      expect(code).toBe(5);
      expect(stderr).toMatch(expected);
      expect(formsIn(stdout + stderr)).toEqual([]);
      expect(readdirSync(out)).toEqual([]);
    });
  });

  test('is in no byte of --print-config and of plan', async () => {
    const cwd = emptyFolder();
    const env = { SQLOAD_API_KEY: key };
    for (const args of [
      ['spike', '--print-config'],
      ['plan', 'spike'],
      ['spike', '--api-key', key, '--print-config'],
    ]) {
      const { code, stdout, stderr } = await sqload(args, { env, cwd }).ended;
      expect(code).toBe(0);
      expect(formsIn(stdout + stderr)).toEqual([]);
    }
  });
});

/** Names of the forms in which a text holds the key, however it spells its control characters and quotes. */
const formsIn = (text: string): readonly string[] =>
  forms.filter(([, form]) => text.includes(form)).map(([name]) => name);

function filesBelow(folder: string): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => readFileSync(join(entry.parentPath, entry.name), 'utf8'));
}

async function withServer(answer: Answer, play: (address: string) => Promise<void>): Promise<void> {
  const server = createServer((request, response) => {
    request.resume().on('end', () => answer(response, request));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  try {
    await play(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
  } finally {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  }
}
