import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { root, runPlanted } from './planted-tree.ts';

const checkLayers = (files: Readonly<Record<string, string>>) =>
  runPlanted(files, (folder) => [join(root, 'scripts/check-layers.js'), folder]);

/** Makes the checker find a TypeScript that it does not know, and so read no module and report nothing. */
const beside7 = `data:text/javascript,${encodeURIComponent(`
  import Module from 'node:module';
  const load = Module._load;
  Module._load = (name, ...rest) => (name === 'typescript/package.json' ? { version: '7.0.0' } : load(name, ...rest));
`)}`;

const clean = {
  'src/core/a.ts': 'export const a = 1;\n',
  'src/engine/a.ts': "import { a } from '../core/a.ts';\nexport const b = a;\n",
  'src/cli/program.ts': "import { readFileSync } from 'node:fs';\nimport 'commander';\nexport { readFileSync };\n",
  'src/testing/a.ts': "import { b } from '../engine/a.ts';\nimport 'commander';\nexport const c = b;\n",
  'src/core/a.test.ts': "import 'node:fs';\nimport 'fast-check';\nimport { c } from '../testing/a.ts';\nc;\n",
  'src/index.ts': "export { b } from './engine/a.ts';\n",
};

const violations: Readonly<Record<string, readonly [file: string, text: string]>> = {
  'upward-from-core': ['src/core/up.ts', "import { b } from '../engine/a.ts';\nb;\n"],
  'upward-from-engine': ['src/engine/up.ts', "import type { T } from '../cli/t.ts';\nexport type U = T;\n"],
  'sideways-from-metrics': ['src/metrics/side.ts', "import { w } from '../workload/w.ts';\nw;\n"],
  'sideways-from-record': ['src/record/side.ts', "export { p } from '../protocol/p.ts';\n"],
  'sideways-from-mock': ['src/mock/side.ts', "export const late = () => import('../engine/a.ts');\n"],
  cycle: ['src/verdict/one.ts', "import type { Two } from './two.ts';\nexport type One = Two | 1;\n"],
  'testing-is-for-tests': ['src/cli/tested.ts', "import { c } from '../testing/a.ts';\nc;\n"],
  'importer-of-commander': ['src/io/second.ts', "import 'commander';\n"],
  'importer-of-hdr-histogram-js': ['src/metrics/second.ts', "import 'hdr-histogram-js/dist/Int32Histogram.js';\n"],
  'importer-of-zod': ['src/cli/second.ts', "import type { ZodType } from 'zod';\nexport type Z = ZodType;\n"],
  'package-without-importer': ['src/io/third.ts', "import 'fast-check';\n"],
  'builtin-below-io': ['src/report/disk.ts', "import 'node:fs';\n"],
  'entry-imported': ['src/io/entry.ts', "import { b } from '../index.ts';\nb;\n"],
  'leaves-src': ['src/cli/outside.ts', "import '../../scripts/x.js';\n"],
  'not-found': ['src/core/lost.ts', "import './nowhere.ts';\n"],
  'unknown-folder': ['src/extras/a.ts', 'export const x = 1;\n'],
  'unknown-entry': ['src/stray.ts', 'export const x = 1;\n'],
  barrel: ['src/core/index.ts', "export { a } from './a.ts';\n"],
  drawer: ['src/core/utils.ts', 'export const x = 1;\n'],
};

const supporting = {
  'src/cli/t.ts': 'export type T = 1;\n',
  'src/workload/w.ts': 'export const w = 1;\n',
  'src/protocol/p.ts': 'export const p = 1;\n',
  'src/verdict/two.ts': "import type { One } from './one.ts';\nexport type Two = One | 2;\n",
  'scripts/x.js': 'export {};\n',
};

describe('check-layers', { timeout: 60_000 }, () => {
  test('passes a tree that keeps the layers, and says how many modules it read', () => {
    const { status, output } = checkLayers(clean);
    expect(output).toBe('layers: 6 modules, every import is allowed\n');
    expect(status).toBe(0);
  });

  test('fails on a tree without modules', () => {
    const { status, output } = checkLayers({ 'src/readme.txt': '' });
    expect(output).toContain('not-read: there are no modules to check');
    expect(status).toBe(1);
  });

  test('fails beside a TypeScript that the checker cannot use, in place of passing modules that it did not read', () => {
    const { status, output } = runPlanted(clean, (folder) => [
      '--import',
      beside7,
      join(root, 'scripts/check-layers.js'),
      folder,
    ]);
    expect(output).toContain('src/engine/a.ts: not-read: the checker did not see it\n');
    expect(status).toBe(1);
  });

  describe('names the file and the rule of each planted violation', () => {
    const planted = Object.fromEntries(Object.values(violations));
    const { status, output } = checkLayers({ ...clean, ...supporting, ...planted });

    test('and exits with 1', () => expect(status).toBe(1));
    test.each(Object.entries(violations))('%s', (rule, [file]) => {
      expect(output.split('\n').filter((line) => line.startsWith(`${file}: `))).toContainEqual(
        expect.stringContaining(`: ${rule}: `),
      );
    });
    test('and nothing else', () => {
      const innocent = [...Object.keys(clean), ...Object.keys(supporting)].filter(
        (file) => file !== 'src/verdict/two.ts',
      );
      for (const file of innocent) expect(output).not.toContain(`${file}: `);
    });
  });
});
