import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { codeBlocks, readDocument } from './documents.ts';
import { type InstalledProject, installedProject } from './installed-project.ts';
import { root, runPlanted } from './planted-tree.ts';

const script = join(root, 'scripts/api-docs.js');

describe('scripts/api-docs.js', { timeout: 120_000 }, () => {
  test('finds docs/library.md as it would write it, and every public name documented', () => {
    expect(runPlanted({}, () => [script, '--check', root])).toMatchObject({ output: '', status: 0 });
  });

  const marker = '<!-- From here on the page is written by `npm run docs` from the doc comments in src/. -->\n';
  const planted = {
    'package.json': '{ "type": "module" }',
    'docs/library.md': `# Library\n\n${marker}`,
    'src/mock.ts': "export type { Kind } from './kind.ts';\n",
    'src/kind.ts':
      "/** Every kind there is. */\nconst kinds = ['b', 'a'] as const;\nexport type Kind = (typeof kinds)[number];\n",
    'src/hidden.ts': 'export interface Hidden {\n  readonly c: number;\n}\n',
    'src/index.ts': `import type { Hidden } from './hidden.ts';
export const run = (one: string, two = 1): number => one.length + two;
/** Has members. */
export interface Options extends Hidden {
  readonly kind: 'fixed';
  /** Documented. */
  readonly a?: string | undefined;
  readonly b: number;
}
`,
  };

  test('names what has no doc comment, what only an inner type declares, and a page that is out of date', () => {
    const { output, status } = runPlanted(planted, () => [script, '--check']);
    expect(output.trimEnd().split('\n')).toEqual([
      'src/index.ts: run has no doc comment',
      'src/index.ts: Options.c is declared nowhere but in Hidden',
      'src/index.ts: Options.b has no doc comment',
      'docs/library.md: out of date, "npm run docs" writes it',
    ]);
    expect(status).toBe(1);
  });

  test('writes functions, members and words as the code has them', () => {
    const show = `data:text/javascript,${encodeURIComponent(
      `import { readFileSync } from 'node:fs'; process.on('exit', () => console.log(readFileSync('docs/library.md', 'utf8')));`,
    )}`;
    const { output } = runPlanted(planted, () => ['--import', show, script]);
    expect(output).toContain('`run(one: string, two?: number): number` ([source](../src/index.ts))');
    expect(output).toContain("| `kind` | `'fixed'` |  |\n| `a?` | `string` | Documented. |");
    expect(output).toContain("| `Kind` | `'b' \\| 'a'` | Every kind there is. |");
  });
});

/** What the example below each heading prints. */
const printed: Readonly<Record<string, RegExp>> = {
  run: /^second 0: \d+ requests\n[\s\S]*\n\d: (Passed|Failed|Inconclusive|Invalid).*\n$/,
  compare: /^(undecided|same|worse|better|too little data|no difference shown).*\n[\s\S]*p95[\s\S]*$/,
  report: /^\d+ [\d.]+\nsqload sustained\n[\s\S]*steady window[\s\S]*$/,
  compareThresholds: /^p95<2s passed .+\nfollow-up\.count>=20 passed .+\n$/,
  SqloadError: /^2 --users many must be .+ For example: --users 200\n$/,
  Hooks: /^$/,
  startMockServer: /^500 1\n$/,
};

describe('the examples of docs/library.md', { timeout: 120_000 }, () => {
  let project: InstalledProject;
  beforeAll(() => {
    project = installedProject();
  });
  afterAll(() => project.remove());

  const examples = codeBlocks(readDocument('docs/library.md')).filter(({ language }) => language === 'js');

  test('there is one for each function, and each is expected to print something', () => {
    expect(examples.map(({ heading }) => heading).sort()).toEqual(Object.keys(printed).sort());
    const functions = readDocument('docs/library.md').match(/(?<=^`)\w+(?=\()/gm);
    expect(functions).toEqual(['compare', 'report', 'run', 'compareThresholds', 'startMockServer']);
    expect(Object.keys(printed)).toEqual(expect.arrayContaining(functions ?? []));
  });

  test.each(examples)('that of $heading runs', ({ heading, text }) => {
    writeFileSync(join(project.folder, `${heading}.mjs`), text);
    const { stdout, stderr, status } = project.node(`${heading}.mjs`);
    expect(stderr).toBe('');
    expect(stdout).toMatch(printed[heading] ?? /^no expectation$/);
    expect(status).toBe(0);
  });

  test('that of Hooks is a file for --hooks', () => {
    const load = ['sustained', '-u', '4', '-r', '100/s', '-t', '2s', '--think', '50ms', '--mock-latency', '5ms'];
    const { stderr, stdout } = project.node('bin/sqload.js', ...load, '--mock-fault', '500', '--hooks', 'Hooks.mjs');
    expect(stderr).toContain('Initial Question Generation failed: Internal Server Error\n');
    expect(stdout).toMatch(/failures +\d/);
  });
});
