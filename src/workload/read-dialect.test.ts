import { expect, test } from 'vitest';
import { SqloadError } from '../core/errors.ts';
import { parseScenario } from './parse-scenario.ts';
import type { ScenarioGrammars } from './scenario-grammars.ts';

const least = 'users: 10\nspawn_rate: 1/s\nrun_time: 60s\n';

/** Grammars that refuse every text with a Z in it. */
const withoutZ = (text: string): void => {
  if (text.includes('Z')) throw new RangeError('must have no Z.');
};
const grammars: ScenarioGrammars = {
  dialect: withoutZ,
  mcpVersion: withoutZ,
  mcpTransport: withoutZ,
  mcpHealth: withoutZ,
  tool: withoutZ,
  template: withoutZ,
  constant: (text) => {
    if (text.includes('{{')) throw new RangeError('must have no placeholder');
  },
  pointer: withoutZ,
  done: withoutZ,
};

function problemsOf(text: string): string[] {
  try {
    parseScenario(least + text, 'x.yaml', grammars);
  } catch (error) {
    if (!(error instanceof SqloadError)) throw error;
    return error.message
      .split('\n')
      .slice(1)
      .map((line) => line.trim());
  }
  throw new Error('the scenario was accepted');
}

test.each([
  ['dialect: Z', 'x.yaml:4:10 dialect: must have no Z'],
  ['dialect: 5', 'x.yaml:4:10 dialect: must be a text of one line, got 5'],
  ['mcp: yes', 'x.yaml:4:6 mcp: must be a mapping of keys to values, got "yes"'],
  ['mcp: { verison: x }', 'x.yaml:4:8 mcp.verison: is not a key here; did you mean version?'],
  ['mcp: { token: hush }', /^x\.yaml:4:8 mcp\.token: a secret does not belong in a file/],
  ['mcp: { version: Z }', 'x.yaml:4:17 mcp.version: must have no Z'],
  ['mcp: { transport: Z }', 'x.yaml:4:19 mcp.transport: must have no Z'],
  ['mcp: { health: Z }', 'x.yaml:4:16 mcp.health: must have no Z'],
  [
    'mcp: { path: mcp }',
    'x.yaml:4:14 mcp.path: must be a path that begins with / and has no space and no #, got "mcp"',
  ],
  ['mcp: { tool: Z }', 'x.yaml:4:14 mcp.tool: must have no Z'],
  ['mcp: { tools: { follow-up: Z } }', 'x.yaml:4:28 mcp.tools.follow-up: must have no Z'],
  ['mcp: { tools: { health: x } }', /^x\.yaml:4:17 mcp\.tools\.health: is not a key here/],
  ['mcp: { tool: a, tools: { initial: b } }', 'x.yaml:4:17 mcp.tools: says the same as tool: leave one of the two out'],
  ['mcp: { arguments: [a] }', 'x.yaml:4:8 mcp.arguments: must be a mapping of names to values, got a list'],
  ['mcp: { arguments: { a: [b, { c: Z }] } }', 'x.yaml:4:33 mcp.arguments.a[1].c: must have no Z'],
  ['mcp: { arguments: { a: .nan } }', 'x.yaml:4:8 mcp.arguments: holds a number that JSON cannot write'],
  ['mcp: { reply: { session: Z } }', 'x.yaml:4:26 mcp.reply.session: must have no Z'],
  ['mcp: { reply: { done: 5 } }', 'x.yaml:4:23 mcp.reply.done: must be a JSON pointer like /data/id, got 5'],
  ['mcp: { reply: { done: !/more x } }', 'x.yaml:4:23 unresolved tag: !/more; a text that begins with ! needs quotes'],
  ['rest: {}', 'x.yaml:4:1 rest: needs initial, the request of the first question'],
  ['rest: { initial: /ask }', 'x.yaml:4:18 rest.initial: must be a mapping of keys to values, got "/ask"'],
  ['rest: { initial: { body: 1 } }', 'x.yaml:4:9 rest.initial: needs a path'],
  ['rest: { initial: { path: ask } }', /^x\.yaml:4:26 rest\.initial\.path: must be a path that begins with \//],
  ['rest: { initial: { path: /a, method: PUT } }', 'x.yaml:4:38 rest.initial.method: must be GET or POST, got "PUT"'],
  [
    'rest: { initial: { path: /a, method: GET, body: {} } }',
    'x.yaml:4:38 rest.initial.method: must be POST where there is a body, got GET',
  ],
  ['rest: { initial: { path: "/a/{{Z}}" } }', 'x.yaml:4:26 rest.initial.path: must have no Z'],
  ['rest: { initial: { path: /a, body: Z } }', 'x.yaml:4:36 rest.initial.body: must have no Z'],
  ['rest: { initial: { path: /a, body: { b: [Z] } } }', 'x.yaml:4:42 rest.initial.body.b[0]: must have no Z'],
  [
    'rest: { initial: { path: /a }, health: { path: "/up/{{turn}}" } }',
    'x.yaml:4:48 rest.health.path: must have no placeholder',
  ],
  ['rest: { initial: { path: /a }, reply: { question: Z } }', 'x.yaml:4:51 rest.reply.question: must have no Z'],
  ['rest: { initial: { path: /a }, password: hush }', /^x\.yaml:4:32 rest\.password: a secret does not belong/],
])('parseScenario() refuses the line "%s"', (line, expected) => {
  const lines = problemsOf(`${line}\n`);
  expect(lines).toHaveLength(1);
  if (typeof expected === 'string') expect(lines[0]).toBe(expected);
  else expect(lines[0]).toMatch(expected);
});

test('tells every problem of all sections at once, in the order of the file', () => {
  const lines = problemsOf(`dialect: Z
mcp:
  arguments: { a: Z, b: Z }
rest:
  health: { path: up }
  follow-up: { method: PUT, path: /Z }
`);
  expect(lines.map((line) => line.split(' ')[0])).toEqual([
    'x.yaml:4:10',
    'x.yaml:6:19',
    'x.yaml:6:25',
    'x.yaml:7:1',
    'x.yaml:8:19',
    'x.yaml:9:24',
    'x.yaml:9:35',
  ]);
});

test('a request is a POST where it has a body, and a GET where it has none', () => {
  const { rest } = parseScenario(
    `${least}rest: { initial: { path: /a, body: [] }, automatic: { path: /b, body: }, health: { path: /c } }\n`,
    'x.yaml',
    grammars,
  );
  expect(rest?.requests).toEqual({
    initial: { method: 'POST', path: '/a', body: [] },
    automatic: { method: 'GET', path: '/b', body: null },
    health: { method: 'GET', path: '/c', body: null },
    'follow-up': null,
  });
});
