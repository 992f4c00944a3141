import { describe, expect, test } from 'vitest';
import { SqloadError } from '../../core/errors.ts';
import { defaultPaths } from '../../protocol/dialect-paths.ts';
import { fakeHost } from '../../testing/fake-host.ts';
import { parseScenario } from '../../workload/parse-scenario.ts';
import type { RunFlags } from '../options/run-options.ts';
import { candidatesOf } from './dialect-candidates.ts';
import { type DialectSources, dialectPlanOf, playable } from './dialect-plan-of.ts';
import { asPlanned } from './dialect-settings.ts';
import { resolveRunSettings } from './run-settings.ts';
import { scenarioValues } from './scenario-values.ts';

const least = 'users: 10\nspawn_rate: 1/s\nrun_time: 60s\n';
const requests = { basePath: '/base', headers: ['x-a', '1'] };

interface Said {
  readonly flags?: RunFlags;
  readonly env?: Readonly<Record<string, string>>;
  /** Lines of the scenario file. */
  readonly file?: string;
  readonly files?: Readonly<Record<string, string>>;
}

/** As `--dialect mcp --mcp-path /x`. */
const flags = (given: Readonly<Record<string, string>>): RunFlags =>
  Object.fromEntries(Object.entries(given).map(([key, text]) => [key, [{ name: key, text }]]));

function settle({ flags = {}, env = {}, file = '', files = {} }: Said) {
  const host = fakeHost({ env, files });
  const scenario = parseScenario(least + file, 'x.yaml');
  const said = resolveRunSettings(host, flags, scenarioValues(scenario));
  const sources: DialectSources = { host, said, rest: scenario.rest, requests, origin: 'http://a:1' };
  return { said, sources, plan: dialectPlanOf(sources) };
}

function refusal(said: Said): { message: string; hint: string } {
  try {
    const { said: settings, plan } = settle(said);
    playable(settings.mix, plan);
  } catch (error) {
    if (!(error instanceof SqloadError)) throw error;
    expect(error.exitCode).toBe(2);
    return error;
  }
  throw new Error('it was accepted');
}

const questioning = {
  initial: 'sequential_questioning',
  'follow-up': 'sequential_questioning_follow_up',
  automatic: 'sequential_questioning_automatic',
};

describe('dialectPlanOf()', () => {
  test.each(['guide', 'docs', 'upstream'] as const)('gives %s its own paths for those that nobody gave', (name) => {
    expect(settle({ flags: flags({ dialect: name }) }).plan).toEqual({ name, ...requests, paths: defaultPaths[name] });
    const own = { name, ...requests, paths: { ...defaultPaths[name], health: '/up' } };
    expect(settle({ flags: flags({ dialect: name, paths: 'health=/up' }) }).plan).toEqual(own);
    expect(settle({ file: `dialect: ${name}\npaths: { health: /up }\n` }).plan).toEqual(own);
  });

  test('mcp: the usual endpoint, tools and health check, of the newest revision until the server is asked', () => {
    expect(settle({ flags: flags({ dialect: 'mcp' }) }).plan).toEqual({
      name: 'mcp',
      ...requests,
      origin: 'http://a:1',
      transport: 'streamable-http',
      path: '/mcp',
      version: '2026-07-28',
      health: { kind: 'get', path: '/health' },
      tools: questioning,
      custom: null,
    });
  });

  test('mcp-sse: the last revision that has the transport', () => {
    expect(settle({ flags: flags({ dialect: 'mcp-sse', mcpPath: '/sse', mcpHealth: 'ping' }) }).plan).toMatchObject({
      transport: 'http+sse',
      path: '/sse',
      version: '2024-11-05',
      health: { kind: 'ping' },
      tools: questioning,
    });
  });

  test('tools by name replace those of the dialect', () => {
    const { plan } = settle({ flags: flags({ dialect: 'mcp', tools: 'initial=ask', mcpVersion: '2025-06-18' }) });
    expect(plan).toMatchObject({ version: '2025-06-18', tools: { ...questioning, initial: 'ask' } });
  });

  const thinking = {
    name: 'mcp-tool',
    transport: 'http+sse',
    path: '/sse',
    version: '2024-11-05',
    health: { kind: 'ping' },
    tools: { initial: 'think', 'follow-up': 'think', automatic: 'think' },
    custom: {
      arguments: { thought: '{{message}}', more: '{{more}}' },
      reply: { conversationId: null, sessionId: null, question: '/q', done: { pointer: '/goesOn', negated: true } },
    },
  };

  test('mcp-tool, the same from flags, with arguments in a file, from the environment, and from a scenario file', () => {
    const given = {
      dialect: 'mcp-tool',
      mcpPath: '/sse',
      mcpTransport: 'sse',
      tools: 'think',
      toolReply: 'question=/q,done=!/goesOn',
    };
    const json = '{"thought":"{{message}}","more":"{{more}}"}';
    expect(settle({ flags: flags({ ...given, toolArguments: json }) }).plan).toMatchObject(thinking);
    const inFile = { flags: flags({ ...given, toolArguments: '@args.json' }), files: { 'args.json': `${json}\n` } };
    expect(settle(inFile).plan).toMatchObject(thinking);
    const env = {
      SQLOAD_DIALECT: 'mcp-tool',
      SQLOAD_MCP_PATH: '/sse',
      SQLOAD_MCP_TRANSPORT: 'sse',
      SQLOAD_TOOL: 'think',
      SQLOAD_TOOL_ARGUMENTS: json,
      SQLOAD_TOOL_REPLY: 'question=/q,done=!/goesOn',
    };
    expect(settle({ env }).plan).toMatchObject(thinking);
    const file = `dialect: mcp-tool
mcp:
  path: /sse
  transport: sse
  tool: think
  arguments: { thought: "{{message}}", more: "{{more}}" }
  reply: { question: /q, done: "!/goesOn" }
`;
    expect(settle({ file }).plan).toMatchObject(thinking);
  });

  test('mcp-tool calls the tool of the first question for what is not named, without arguments and pointers', () => {
    const { plan } = settle({ flags: flags({ dialect: 'mcp-tool', tools: 'initial=a,follow-up=b' }) });
    expect(plan).toMatchObject({
      tools: { initial: 'a', 'follow-up': 'b', automatic: 'a' },
      custom: { arguments: {}, reply: { conversationId: null, sessionId: null, question: null, done: null } },
    });
  });

  test('rest, as the scenario file describes it', () => {
    const file = `dialect: rest
rest:
  initial: { path: /ask, body: { q: "{{context}}" } }
  reply: { conversation: /id }
`;
    expect(settle({ file }).plan).toEqual({
      name: 'rest',
      ...requests,
      requests: {
        health: null,
        initial: { method: 'POST', path: '/ask', body: { q: '{{context}}' } },
        'follow-up': null,
        automatic: null,
      },
      reply: { conversationId: '/id', sessionId: null, question: null, done: null },
    });
  });

  test.each<[Said, string]>([
    [{ flags: flags({ dialect: 'mcp-tool' }) }, 'The dialect mcp-tool needs the name of a tool.'],
    [{ flags: flags({ dialect: 'mcp-tool', tools: 'follow-up=a' }) }, 'The dialect mcp-tool needs the name of a tool.'],
    [
      { flags: flags({ dialect: 'rest' }) },
      'The dialect rest is described in the scenario file, and this one has no section "rest".',
    ],
    [
      { file: 'rest: { initial: { path: /ask } }\n' },
      'The scenario file describes a server in its section "rest", but its dialect is guide.',
    ],
    [
      { flags: flags({ dialect: 'mcp-tool', tools: 'a', toolArguments: '@none.json' }) },
      'Cannot read the tool arguments "none.json": there is no such file.',
    ],
    [
      { flags: flags({ dialect: 'mcp-tool', tools: 'a', toolArguments: '@a.json' }), files: { 'a.json': '[]' } },
      'The file "a.json" of --tool-arguments must be a JSON object: arguments have names.',
    ],
  ])('%j is wrong usage', (said, sentence) => {
    expect(refusal(said).message).toBe(sentence);
  });
});

describe('an option of another dialect', () => {
  test.each<[Readonly<Record<string, string>>, string]>([
    [{ tools: 'initial=a' }, '--tool says nothing to the dialect guide.'],
    [{ dialect: 'upstream', mcpPath: '/x' }, '--mcp-path says nothing to the dialect upstream.'],
    [{ dialect: 'docs', mcpVersion: 'auto' }, '--mcp-version says nothing to the dialect docs.'],
    [{ dialect: 'guide', mcpHealth: 'ping' }, '--mcp-health says nothing to the dialect guide.'],
    [{ dialect: 'mcp', paths: 'health=/x' }, '--path says nothing to the dialect mcp.'],
    [{ dialect: 'mcp', mcpTransport: 'sse' }, '--mcp-transport says nothing to the dialect mcp.'],
    [{ dialect: 'mcp', toolArguments: '{}' }, '--tool-arguments says nothing to the dialect mcp.'],
    [{ dialect: 'auto', toolReply: 'done=/x' }, '--tool-reply says nothing to the dialect auto.'],
    [
      { dialect: 'mcp', tools: 'ask' },
      '--tool names one tool for every question, which is the dialect mcp-tool and not mcp.',
    ],
    [
      { dialect: 'auto', tools: 'ask' },
      '--tool names one tool for every question, which is the dialect mcp-tool and not auto.',
    ],
    [
      { dialect: 'docs', paths: 'automatic=/x' },
      '--path has a path for automatic questioning, which the dialect docs does not know.',
    ],
    [
      { dialect: 'mcp-sse', mcpVersion: '2026-07-28' },
      '--mcp-version says nothing over HTTP+SSE, which only the revision 2024-11-05 has.',
    ],
    [
      { dialect: 'mcp-tool', tools: 'a', mcpTransport: 'sse', mcpVersion: '2025-11-25' },
      '--mcp-version says nothing over HTTP+SSE, which only the revision 2024-11-05 has.',
    ],
  ])('as a flag is wrong usage: %j', (given, sentence) => {
    const { message, hint } = refusal({ flags: flags(given) });
    expect(message).toBe(sentence);
    expect(hint).not.toBe('');
  });

  test('in a scenario file of a dialect that it does not belong to is wrong usage', () => {
    expect(refusal({ file: 'dialect: docs\nmcp: { tool: ask }\n' }).message).toBe(
      'mcp.tool of the scenario file says nothing to the dialect docs.',
    );
    expect(refusal({ file: 'mcp: { path: /x }\n' }).message).toBe(
      'mcp.path of the scenario file says nothing to the dialect guide.',
    );
    expect(refusal({ file: 'dialect: mcp\npaths: { health: /x }\n' }).message).toBe(
      'paths of the scenario file says nothing to the dialect mcp.',
    );
  });

  test('stands ready in the environment, and in a scenario file whose dialect is overridden', () => {
    const env = { SQLOAD_TOOL: 'ask', SQLOAD_MCP_PATH: '/x', SQLOAD_PATH: 'health=/up,automatic=/a' };
    const guide = settle({ env });
    expect(guide.plan).toMatchObject({ name: 'guide', paths: defaultPaths.guide });
    expect(guide.said.tools).toEqual({ value: null, from: 'default' });
    expect(settle({ env, flags: flags({ dialect: 'mcp' }) }).plan).toMatchObject({ path: '/x', tools: questioning });
    const file = 'dialect: mcp-tool\nmcp: { tool: ask, path: /x }\nrest: { initial: { path: /ask } }\n';
    expect(settle({ file, flags: flags({ dialect: 'guide' }) }).plan).toMatchObject({ name: 'guide' });
    expect(settle({ file, flags: flags({ dialect: 'rest' }) }).plan).toMatchObject({ name: 'rest' });
    expect(settle({ file, env: { SQLOAD_DIALECT: 'mcp' } }).plan).toMatchObject({ path: '/x', tools: questioning });
  });
});

describe('playable()', () => {
  const described = 'dialect: rest\nrest: { initial: { path: /ask }, follow-up: { path: /more } }\n';

  test('takes the rows that nobody described out of the default mix, and out of no other', () => {
    const { said, plan } = settle({ file: described });
    expect(playable(said.mix, plan)).toEqual({
      value: { health: 0, initial: 3, 'follow-up': 5, automatic: 0 },
      from: 'default',
    });
    expect(refusal({ file: `${described}mix: { health: 1, initial: 1, automatic: 1 }\n` })).toMatchObject({
      message: 'The mix has health and automatic, which the section "rest" of the scenario file does not describe.',
      hint: 'Describe rest.health and rest.automatic, or leave health and automatic out of the mix: --mix initial=1.',
    });
  });

  test.each(['guide', 'docs'])('refuses automatic questioning in %s', (dialect) => {
    expect(refusal({ flags: flags({ dialect, mix: 'initial=1,automatic=1' }) }).message).toBe(
      `The mix has automatic, but the dialect ${dialect} has no such request.`,
    );
  });

  test.each(['upstream', 'mcp', 'mcp-sse'])('lets automatic questioning pass in %s', (dialect) => {
    const { said, plan } = settle({ flags: flags({ dialect, mix: 'automatic=1' }) });
    expect(playable(said.mix, plan)).toBe(said.mix);
  });
});

describe('candidatesOf()', () => {
  const names = (said: Said) => {
    const { sources, plan } = settle(said);
    return candidatesOf(sources, plan).map((each) =>
      'version' in each ? `${each.name}${each.path} ${each.version}` : each.name,
    );
  };

  test('has nothing to ask where all is said', () => {
    for (const dialect of ['guide', 'docs', 'upstream', 'mcp-sse'])
      expect(names({ flags: flags({ dialect }) })).toEqual([]);
    expect(names({ flags: flags({ dialect: 'mcp', mcpVersion: '2025-11-25' }) })).toEqual([]);
    expect(names({ flags: flags({ dialect: 'mcp-tool', tools: 'a', mcpTransport: 'sse' }) })).toEqual([]);
  });

  test('asks for the revision of MCP, the newest first', () => {
    for (const given of [{ dialect: 'mcp' }, { dialect: 'mcp-tool', tools: 'a' }])
      expect(names({ flags: flags(given) })).toEqual([
        `${given.dialect}/mcp 2026-07-28`,
        `${given.dialect}/mcp 2025-11-25`,
      ]);
  });

  test('asks for every dialect that needs no description, with what was said of each', () => {
    const known = ['guide', 'docs', 'upstream', 'mcp/mcp 2026-07-28', 'mcp/mcp 2025-11-25'];
    expect(names({ flags: flags({ dialect: 'auto' }) })).toEqual([
      ...known,
      'mcp-sse/mcp 2024-11-05',
      'mcp-sse/sse 2024-11-05',
    ]);
    expect(names({ flags: flags({ dialect: 'auto', mcpPath: '/m', mcpVersion: '2025-06-18' }) })).toEqual([
      ...['guide', 'docs', 'upstream', 'mcp/m 2025-06-18', 'mcp-sse/m 2024-11-05'],
    ]);
    const { sources, plan } = settle({ flags: flags({ dialect: 'auto', paths: 'health=/up' }) });
    for (const each of candidatesOf(sources, plan)) {
      expect(each).toMatchObject(requests);
      if ('paths' in each) expect(each.paths).toEqual({ ...defaultPaths[each.name], health: '/up' });
    }
  });
});

test('asPlanned() shows what the plan made of what nobody said', () => {
  const shown = (said: Said) => {
    const { said: settings, plan } = settle(said);
    return asPlanned(settings, plan);
  };
  expect(shown({ flags: flags({ paths: 'health=/up' }) }).paths).toEqual({
    value: { health: '/up', initial: defaultPaths.guide.initial, 'follow-up': defaultPaths.guide['follow-up'] },
    from: 'flag',
  });
  expect(shown({ flags: flags({ dialect: 'mcp' }) })).toMatchObject({
    mcpVersion: { value: 'auto', from: 'default' },
    mcpHealth: { value: { kind: 'get', path: '/health' }, from: 'default' },
  });
  expect(shown({ flags: flags({ dialect: 'mcp-sse' }) })).toMatchObject({
    mcpVersion: { value: '2024-11-05', from: 'default' },
    mcpTransport: { value: 'http+sse', from: 'default' },
  });
});
