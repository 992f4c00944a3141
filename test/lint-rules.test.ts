import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { root, runPlanted } from './planted-tree.ts';

const lint = (files: Readonly<Record<string, string>>): readonly string[] =>
  runPlanted(
    files,
    () => [
      join(root, 'node_modules/@biomejs/biome/bin/biome'),
      'lint',
      '--reporter=github',
      '--max-diagnostics=none',
      '.',
    ],
    ['biome.json', '.gitignore'],
  )
    .output.split('\n')
    .filter((line) => line.startsWith('::error '));

const bannedBelowIo = {
  'src/core/calendar.ts': 'export const now = () => Date.now();\n',
  'src/workload/console.ts': "console.log('x');\n",
  'src/metrics/crypto.ts': 'export const id = () => crypto.randomUUID();\n',
  'src/protocol/fetch.ts': 'export const get = () => fetch;\n',
  'src/record/global.ts': 'export const g = globalThis;\n',
  'src/engine/performance.ts': 'export const now = () => performance.now();\n',
  'src/mock/process.ts': 'export const env = process.env;\n',
  'src/verdict/immediate.ts': 'setImmediate(() => {});\n',
  'src/report/interval.ts': 'setInterval(() => {}, 1);\n',
  'src/engine/timeout.ts': 'setTimeout(() => {}, 1);\n',
};

const bannedMembers = {
  'src/core/chance.ts': 'export const roll = () => Math.random();\n',
  'src/core/taken.ts': 'export const { random } = Math;\n',
  'src/engine/limit.ts': 'export const limit = () => AbortSignal.timeout(5);\n',
};

const atTheRim = {
  'src/io/clock.ts': 'export const later = () => setTimeout(() => performance.now() + Math.random(), Date.now());\n',
  'src/cli/node-host.ts': 'export const { argv } = process;\n',
  'src/testing/clock.ts': 'export const later = () => setImmediate(() => {});\n',
  'src/core/clock.test.ts': 'setTimeout(() => {}, Date.now());\n',
  'src/core/shadow.ts': 'export const end = (process: { exit(): void }) => process.exit();\n',
};

const lines = (count: number, line: string): string => `${line}\n`.repeat(count);

const others: Readonly<Record<string, readonly [file: string, text: string]>> = {
  noExplicitAny: ['src/core/any.ts', 'export const x: any = 1;\n'],
  noUnusedImports: ['src/core/imported.ts', "import { x } from './any.ts';\nexport const y = 1;\n"],
  noUnusedVariables: ['src/core/variable.ts', 'const x = 1;\n'],
  noNonNullAssertion: ['src/core/bang.ts', 'export const first = (xs: number[]) => xs[0]!;\n'],
  noFloatingPromises: ['src/core/floating.ts', 'const work = async () => {};\nwork();\n'],
  noTsIgnore: ['src/core/ignore.ts', "// @ts-ignore\nexport const x: number = '';\n"],
  noExcessiveLinesPerFile: ['src/core/long-file.ts', `export const a = [\n${lines(300, '  1,')}];\n`],
  noExcessiveLinesPerFunction: ['src/core/long-function.ts', `export function f() {\n${lines(61, "  f('');")}}\n`],
  useExhaustiveSwitchCases: [
    'src/core/switch.ts',
    "export function f(x: 'a' | 'b') {\n  switch (x) {\n    case 'a':\n      return 1;\n  }\n}\n",
  ],
};

describe('the lint rules', () => {
  const planted = lint({
    ...bannedBelowIo,
    ...bannedMembers,
    ...atTheRim,
    ...Object.fromEntries(Object.values(others)),
  });
  const rulesBroken = (file: string): readonly string[] =>
    planted.filter((line) => line.includes(`${file},`)).map((line) => /title=lint\/\w+\/(\w+)/.exec(line)?.[1] ?? line);

  test.each(Object.keys(bannedBelowIo))('forbid the global in %s', (file) => {
    expect(rulesBroken(file)).toContain('noRestrictedGlobals');
  });
  test.each(Object.keys(bannedMembers))('forbid the member in %s', (file) => {
    expect(rulesBroken(file)).toContain('noJsRestrictedProperties');
  });
  test.each(Object.keys(atTheRim))('allow %s', (file) => {
    expect(rulesBroken(file)).toEqual([]);
  });
  test.each(Object.entries(others))('%s', (rule, [file]) => {
    expect(rulesBroken(file)).toContain(rule);
  });
  test('forbid console and process in io/ and cli/ outside the host', () => {
    const files = { 'src/io/a.ts': 'console.log(1);\n', 'src/cli/b.ts': 'export const e = process.env;\n' };
    expect(lint(files)).toHaveLength(2);
  });
});
