import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import type { WireRequest } from '../../protocol/wire.ts';
import { fakeHost } from '../../testing/fake-host.ts';
import type { Plant, Planted, SimulatedServerOptions } from '../../testing/simulated-server.ts';
import { VirtualClock } from '../../testing/virtual-clock.ts';
import { runVirtually, virtualMachinery } from '../../testing/virtual-machinery.ts';

const out = mkdtempSync(join(tmpdir(), 'sqload-foreign-'));
afterAll(() => rmSync(out, { recursive: true, force: true }));

const json = (status: number, value: unknown): Planted => ({
  kind: 'answered',
  status,
  body: JSON.stringify(value),
  after: 1 as never,
});
const notFound = json(404, { detail: 'Not Found' });
const answer = { conversation_id: 'c', session_id: 's', question: 'Why?', current_question: 'Why?' };

/** A server that takes questions at these paths, and what it has been asked. */
function server(...paths: readonly string[]): { readonly plant: Plant; readonly asked: WireRequest[] } {
  const asked: WireRequest[] = [];
  const plant: Plant = (_user, _step, request) => {
    asked.push(request);
    if (request.path === '/health') return json(200, { status: 'ok' });
    if (!paths.includes(request.path)) return notFound;
    return request.body?.startsWith('{') ? json(200, answer) : json(422, { detail: [] });
  };
  return { plant, asked };
}

const speaking = {
  guide: ['/mcp/v1/sequential-questioning'],
  docs: ['/mcp/sequential-questioning'],
  upstream: ['/mcp-internal/question', '/mcp-internal/question/follow-up', '/mcp-internal/question/automatic'],
} as const;
const names = ['guide', 'docs', 'upstream'] as const;

let runs = 0;
async function sqload(
  server: Plant | Partial<SimulatedServerOptions>,
  argv: readonly string[],
  files: Readonly<Record<string, string>> = {},
) {
  const clock = new VirtualClock();
  const here = join(out, String(runs++));
  const load = ['-u', '2', '-t', '10s', '--no-default-thresholds', '--seed', '1', '--out', here];
  const host = fakeHost({ argv: [...argv, ...(argv[0] === 'plan' ? [] : load)], files });
  const code = await runVirtually(
    host,
    clock,
    virtualMachinery(clock, typeof server === 'function' ? { plant: server } : server),
  );
  const folder = existsSync(here) ? readdirSync(here).find((name) => name !== 'history.csv') : undefined;
  const record = folder === undefined ? '' : readFileSync(join(here, folder, 'record.ndjson'), 'utf8');
  return { code, ...host.written, header: record === '' ? null : JSON.parse(record.split('\n')[0] ?? '') };
}

const theirs = ['--host', 'http://127.0.0.1:9'];

describe('a server that speaks another dialect is told by name, with no load', () => {
  const pairs = names.flatMap((asked) => names.filter((own) => own !== asked).map((own) => [asked, own] as const));

  test.each(pairs)('--dialect %s, and it speaks %s', async (asked, own) => {
    const { plant, asked: seen } = server(...speaking[own]);
    const { code, stderr, header } = await sqload(plant, ['sustained', ...theirs, '--dialect', asked]);
    expect([code, header]).toEqual([5, null]);
    expect(stderr).toContain('answers HTTP 404 to POST');
    expect(stderr).toContain(`\n  This server speaks "${own}": add --dialect ${own}.\n`);
    expect(seen.length).toBeLessThanOrEqual(5);
    // What is asked to find out is no question that a language model would have to answer.
    expect(seen.filter(({ path, body }) => speaking[own].includes(path as never) && body !== '0')).toEqual([]);
  });

  test('its own dialect at its usual paths', async () => {
    const { plant } = server(...speaking.upstream);
    const options = ['--dialect', 'upstream', '--path', 'initial=/ask'];
    const { code, stderr } = await sqload(plant, ['sustained', ...theirs, ...options]);
    expect([code, stderr]).toEqual([5, expect.stringContaining('This server speaks "upstream": leave --path out.')]);
  });

  test('only a path of its own is wrong: the hint is about paths', async () => {
    const { plant } = server(...speaking.docs);
    const options = ['--dialect', 'docs', '--path', 'health=/healthz'];
    const { code, stderr } = await sqload(plant, ['sustained', ...theirs, ...options]);
    expect([code, stderr]).toEqual([5, expect.stringContaining('\n  Give the paths of your server: --path initial=')]);
  });
});

describe('--dialect auto', () => {
  test.each(names)('finds %s, says so, plays it and keeps it in the record', async (own) => {
    const { plant, asked } = server(...speaking[own]);
    const { code, stderr, header } = await sqload(plant, ['sustained', ...theirs, '--dialect', 'auto']);
    expect(code).toBe(0);
    expect(stderr).toMatch(new RegExp(`^The server speaks "${own}"\\.\nTesting`));
    expect(header.settings.dialect).toEqual({ value: `${own} (found by auto)`, from: 'flag' });
    expect(header.settings.path.value).toContain(`initial=${speaking[own][0]}`);
    expect(header.rows.map(({ id }: { id: string }) => id)).toEqual([
      ...['health', 'initial', 'follow-up'],
      ...(own === 'upstream' ? ['automatic'] : []),
    ]);
    // One to find each dialect out, then health and a question.
    expect(header.preflight.requests).toBe(names.indexOf(own) + 1 + 2);
    expect(asked.slice(0, names.indexOf(own) + 1).every(({ body }) => body === '0')).toBe(true);
  });

  test('asks although there is no preflight, and nothing else', async () => {
    const { plant } = server(...speaking.docs);
    const options = ['--dialect', 'auto', '--no-preflight', '--quiet'];
    const { code, stderr, header } = await sqload(plant, ['sustained', ...theirs, ...options]);
    expect([code, stderr]).toEqual([0, '']);
    expect(header.preflight.requests).toBe(2);
  });

  test('finds the guide on the built-in server by asking it, like any other', async () => {
    const { code, stderr, header } = await sqload(() => null, ['sustained', '--dialect', 'auto']);
    expect(code).toBe(0);
    expect(stderr).toContain('The server speaks "guide".');
    expect(header.preflight.requests).toBe(3);
  });

  test('plays the same on every load thread', async () => {
    const { plant, asked } = server(...speaking.upstream);
    const { code, header } = await sqload(plant, ['sustained', ...theirs, '--dialect', 'auto', '--workers', '2']);
    expect([code, header.workers]).toEqual([0, 2]);
    expect(asked.filter(({ body }) => body === '0')).toHaveLength(3);
  });

  test('of several dialects it takes the first that can play the mix', async () => {
    const options = ['--dialect', 'auto', '--mix', 'initial=1,automatic=1'];
    const { code, header } = await sqload({ dialect: 'all' }, ['sustained', ...theirs, ...options]);
    expect([code, header.settings.dialect.value]).toEqual([0, 'upstream (found by auto)']);
    const none = await sqload({ dialect: 'all' }, ['sustained', ...theirs, '--dialect', 'auto']);
    expect(none.header.settings.dialect.value).toBe('guide (found by auto)');
  });

  test('a mix that the dialect cannot play is told once it is known', async () => {
    const mix = ['--mix', 'initial=1,automatic=1'];
    const docs = await sqload(server(...speaking.docs).plant, ['sustained', ...theirs, '--dialect', 'auto', ...mix]);
    expect([docs.code, docs.header]).toEqual([2, null]);
    expect(docs.stderr).toContain('The mix has automatic, but the dialect docs has no such request.');
    const { plant } = server(...speaking.upstream);
    const upstream = await sqload(plant, ['sustained', ...theirs, '--dialect', 'auto', '--mix', 'initial=1']);
    expect(upstream.code).toBe(0);
  });

  test.each([
    ['refused', /Nothing listens at http:\/\/127\.0\.0\.1:9/],
    ['tls', /No secure connection to http:\/\/127\.0\.0\.1:9/],
  ] as const)('a server that cannot be asked (%s) is told as ever', async (error, sentence) => {
    let asked = 0;
    const plant: Plant = () => {
      asked += 1;
      return { kind: 'broken', error, detail: 'broken', after: 0 as never };
    };
    const { code, stderr } = await sqload(plant, ['sustained', ...theirs, '--dialect', 'auto']);
    expect([code, stderr, asked]).toEqual([5, expect.stringMatching(sentence), 1]);
  });

  test('plan and --print-config ask nothing, and say what they assume', async () => {
    const { plant, asked } = server();
    const plan = await sqload(plant, ['plan', 'ramp', ...theirs, '--dialect', 'auto']);
    expect(plan.code).toBe(0);
    expect(plan.stdout).toMatch(/^Plan of ramp: .* in the dialect auto \(guide until the server is asked\)\. Nothing/);
    const config = await sqload(plant, ['plan', 'ramp', ...theirs, '--dialect', 'auto', '--print-config']);
    expect(config.stdout).toMatch(/^dialect +auto \(guide until the server is asked\) +flag$/m);
    expect(config.stdout).toMatch(/^path +those of the dialect +default$/m);
    expect(asked).toEqual([]);
  });
});

const nameOf = (own: string): string => own.replace(/@.*/, '');

describe('every pair of dialects on the reference server', () => {
  const owns = ['guide', 'docs', 'upstream', 'mcp@2026-07-28', 'mcp@2025-11-25', 'mcp-sse'] as const;
  const asks = ['guide', 'docs', 'upstream', 'mcp', 'mcp-sse', 'auto'] as const;

  test.each(owns.flatMap((own) => asks.map((asked) => [asked, own] as const)))(
    'asked in %s, it speaks %s',
    async (asked, own) => {
      const { code, stderr, header } = await sqload({ dialect: own }, ['sustained', ...theirs, '--dialect', asked]);
      if (asked === nameOf(own) || asked === 'auto') {
        expect([code, stderr]).toEqual([0, expect.stringContaining('Testing http://127.0.0.1:9')]);
        if (asked === 'auto') expect(header.settings.dialect.value).toBe(`${nameOf(own)} (found by auto)`);
      } else {
        expect([code, header]).toEqual([5, null]);
        expect(stderr).toContain(`\n  This server speaks "${nameOf(own)}": add --dialect ${nameOf(own)}.\n`);
      }
    },
  );

  test.each([
    ['mcp@2026-07-28', 'The server speaks "mcp" of 2026-07-28, without sessions.', '2026-07-28'],
    ['mcp@2025-11-25', 'The server speaks "mcp" of 2025-11-25, with a handshake for each user.', '2025-11-25'],
  ] as const)('the revision of %s is found, said and kept', async (dialect, sentence, version) => {
    const { code, stderr, header } = await sqload({ dialect }, ['sustained', ...theirs, '--dialect', 'mcp']);
    expect([code, stderr]).toEqual([0, expect.stringContaining(`${sentence}\n`)]);
    expect(header.settings['mcp-version']).toEqual({ value: `${version} (found by auto)`, from: 'default' });
    expect(header.settings.dialect).toEqual({ value: 'mcp', from: 'flag' });
    expect(header.sessionRows.length > 0).toBe(version === '2025-11-25');
  });

  test('a revision that was named is not asked for', async () => {
    const options = ['--dialect', 'mcp', '--mcp-version', '2025-06-18'];
    const { code, stderr, header } = await sqload({ dialect: 'mcp' }, ['sustained', ...theirs, ...options]);
    expect([code, stderr]).toEqual([0, expect.not.stringContaining('The server speaks')]);
    expect(header.settings['mcp-version']).toEqual({ value: '2025-06-18', from: 'flag' });
  });
});

describe('a server of MCP that is asked a little wrong', () => {
  const tool = ['--dialect', 'mcp-tool', '--tool', 'sequential_questioning'];

  test.each<[SimulatedServerOptions['dialect'] & string, readonly string[], string]>([
    [
      'mcp@2026-07-28',
      ['--dialect', 'mcp', '--mcp-version', '2025-11-25'],
      'speaks "mcp": add --mcp-version 2026-07-28.',
    ],
    [
      'mcp@2025-11-25',
      ['--dialect', 'mcp', '--mcp-version', '2026-07-28'],
      'speaks "mcp": add --mcp-version 2025-11-25.',
    ],
    ['mcp@2025-11-25', [...tool, '--mcp-version', '2026-07-28'], 'speaks "mcp": add --mcp-version 2025-11-25.'],
    ['mcp', ['--dialect', 'mcp', '--mcp-path', '/x'], 'speaks "mcp": add --mcp-path /mcp.'],
    ['mcp-sse', ['--dialect', 'mcp-sse', '--mcp-path', '/x'], 'speaks "mcp-sse": add --mcp-path /mcp.'],
    ['mcp-sse', tool, 'speaks "mcp-sse": add --mcp-transport sse.'],
    ['mcp', [...tool, '--mcp-transport', 'sse'], 'speaks "mcp": add --mcp-transport streamable-http.'],
  ])('%s, asked with %j', async (dialect, options, advice) => {
    const { code, stderr, header } = await sqload({ dialect }, ['sustained', ...theirs, ...options]);
    expect([code, header]).toEqual([5, null]);
    expect(stderr).toContain(`\n  This server ${advice}\n`);
  });

  const all = 'sequential_questioning, sequential_questioning_follow_up, sequential_questioning_automatic';
  test.each([
    [['--dialect', 'mcp', '--tool', 'initial=ask'], `has the tools ${all}: leave --tool out.`],
    [['--dialect', 'mcp-tool', '--tool', 'ask'], `has the tools ${all}: add --tool <name>.`],
  ])('has no such tool: %j', async (options, advice) => {
    const { code, stderr, header } = await sqload({ dialect: 'mcp' }, ['sustained', ...theirs, ...options]);
    expect([code, header]).toEqual([5, null]);
    expect(stderr).toContain(`\n  This MCP server ${advice}\n`);
  });

  test.each(['mcp@2026-07-28', 'mcp@2025-11-25', 'mcp-sse'] as const)(
    'has the tool of the first question and not that of later ones, which only the load would call: %s',
    async (own) => {
      const transport = own === 'mcp-sse' ? ['--mcp-transport', 'sse'] : [];
      for (const options of [
        ['--dialect', nameOf(own), '--tool', 'follow-up=ask'],
        ['--dialect', 'mcp-tool', '--tool', 'initial=sequential_questioning,follow-up=ask', ...transport],
      ]) {
        const { code, stderr, header } = await sqload({ dialect: own }, ['sustained', ...theirs, ...options]);
        expect([code, header]).toEqual([5, null]);
        expect(stderr).toContain(
          'sqload: http://127.0.0.1:9 has no tool ask, which the load would call after the first question.\n' +
            `  It has the tools ${all}: name one for each kind of question with --tool initial=…,follow-up=…,automatic=…\n`,
        );
        const mixed = ['sustained', ...theirs, ...options, '--mix', 'health=1,initial=3'];
        expect((await sqload({ dialect: own }, mixed)).code).toBe(0);
      }
    },
  );

  test.each([
    ['/mcp', ['--dialect', 'mcp'], 'leave /mcp out of --host, and add --dialect mcp.'],
    ['/mcp', ['--dialect', 'auto'], 'leave /mcp out of --host, and add --dialect mcp.'],
    ['/sse', [], 'leave /sse out of --host, and add --dialect mcp-sse --mcp-path /sse.'],
  ])('the address is that of the endpoint %s: %j', async (endpoint, options, advice) => {
    const there = ['--host', `http://127.0.0.1:9${endpoint}`];
    const { code, stderr } = await sqload({ dialect: 'mcp' }, ['sustained', ...there, ...options]);
    expect(code).toBe(5);
    expect(stderr).toContain(`The address ends with the path of an MCP endpoint: ${advice}\n`);
  });

  test('a tool that is called by a wrong name: auto says that its name need not be given', async () => {
    const options = ['--dialect', 'auto', '--tool', 'initial=ask'];
    const { code, stderr, header } = await sqload({ dialect: 'mcp-sse' }, ['sustained', ...theirs, ...options]);
    expect([code, header]).toEqual([5, null]);
    expect(stderr).toContain('http://127.0.0.1:9 speaks MCP, but has not the tools that were asked for.');
    expect(stderr).toContain(`has the tools ${all}: add --dialect mcp-sse and leave --tool out.`);
  });

  test('nothing speaks at all: auto says so, and a named dialect has its own hint', async () => {
    const nothing = { plant: (() => notFound) as Plant };
    const auto = await sqload(nothing, ['sustained', ...theirs, '--dialect', 'auto']);
    expect([auto.code, auto.stderr]).toEqual([
      5,
      expect.stringContaining('speaks none of the dialects that can be recognised'),
    ]);
    const mcp = await sqload(nothing, ['sustained', ...theirs, '--dialect', 'mcp']);
    expect([mcp.code, mcp.stderr]).toEqual([
      5,
      expect.stringContaining('Give the path of the MCP endpoint with --mcp-path'),
    ]);
    const blind = await sqload(nothing, ['sustained', ...theirs, '--dialect', 'mcp', '--no-preflight']);
    expect([blind.code, blind.stderr]).toEqual([5, expect.stringContaining('does not speak MCP at /mcp.')]);
  });

  test('only its health check is elsewhere: the hint says how to ask for it', async () => {
    const options = ['--dialect', 'mcp', '--mcp-health', '/up'];
    const { code, stderr } = await sqload({ dialect: 'mcp' }, ['sustained', ...theirs, ...options]);
    expect([code, stderr]).toEqual([5, expect.stringContaining('--mcp-health ping')]);
  });
});

describe('dialect: rest', () => {
  const file = `users: 2
spawn_rate: 2
run_time: 10s
dialect: rest
rest:
  health: { path: /health }
  initial: { path: "/ask/{{user_id}}", body: { q: "{{context}}" } }
  reply: { conversation: /conversation_id }
`;
  const run = (plant: Plant, text = file) => sqload(plant, ['run', 'x.yaml', ...theirs], { 'x.yaml': text });

  test('plays what the file describes, and no row that it does not', async () => {
    const asked: WireRequest[] = [];
    const { code, header } = await run((_user, _step, request) => {
      asked.push(request);
      return json(200, answer);
    });
    expect(code).toBe(0);
    expect(header.settings.mix).toEqual({ value: 'health=1,initial=3,follow-up=0,automatic=0', from: 'default' });
    expect(new Set(asked.map(({ path }) => path.replace(/[\da-f-]{36}/, '<id>')))).toEqual(
      new Set(['/health', '/ask/<id>']),
    );
  });

  test('hints speak of the file', async () => {
    const noPath = await run(() => notFound, file.replace('  health: { path: /health }\n', ''));
    expect(noPath.stderr).toContain('Correct the path of rest.initial in the scenario file');
    const noHealth = await run(() => notFound);
    expect(noHealth.stderr).toContain('Correct the path of rest.health in the scenario file');
    const noId = await run(() => json(200, {}));
    expect(noId.stderr).toContain('as the dialect rest says (missing-field, HTTP 200)');
    expect(noId.stderr).toContain('every pointer of rest.reply leads to a text');
  });

  test('every problem of its templates and pointers is told at once, in its place', async () => {
    const { code, stderr } = await run(
      () => notFound,
      `${file}  follow-up: { path: /x, body: { a: "{{anwser}}" } }\n`
        .replace('/ask/{{user_id}}', '/ask/{{user}}')
        .replace('{ conversation: /conversation_id }', '{ conversation: id, done: "!id" }'),
    );
    expect(code).toBe(2);
    expect(stderr).toContain('4 problems');
    expect(stderr).toContain('x.yaml:7:20 rest.initial.path: has the placeholder {{user}}');
    expect(stderr).toContain('x.yaml:8:26 rest.reply.conversation: must be a JSON pointer, which begins with /');
    expect(stderr).toContain('x.yaml:8:36 rest.reply.done: must be a JSON pointer');
    expect(stderr).toContain(
      'rest.follow-up.body.a: has the placeholder {{anwser}}, which does not exist; did you mean {{answer}}?',
    );
  });
});

test('docs and upstream ask for what their answers must hold', async () => {
  for (const dialect of ['docs', 'upstream']) {
    const { code, stderr } = await sqload(() => json(200, {}), ['sustained', ...theirs, '--dialect', dialect]);
    expect(code).toBe(5);
    expect(stderr).toContain(`as the dialect ${dialect} says (missing-field, HTTP 200)`);
    expect(stderr).toContain('JSON that holds conversation_id, session_id and a question');
  }
});
