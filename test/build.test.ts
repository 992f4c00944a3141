import { describe, expect, test } from 'vitest';
import { type Planted, runPlanted } from './planted-tree.ts';

const build = (files: Readonly<Record<string, string>>): Planted =>
  runPlanted(files, () => ['scripts/build.js'], ['scripts/build.js', 'tsconfig.json', 'tsconfig.build.json']);

const project = {
  'package.json': '{ "type": "module" }',
  'src/core/a.ts': 'export const a = 1;\n',
  'src/engine/b.ts': "export { a } from '../core/a.ts';\n",
  'src/engine/b.test.ts': "import { a } from './b.ts';\na;\n",
  'src/testing/c.ts': 'export const c = 1;\n',
  'src/report/summary.schema.json': '{}',
  'dist/core/stale.js': 'export const old = 1;\n',
};
const built = ({ tree }: Planted): readonly string[] =>
  tree.filter((path) => !/^(src|node_modules)\b/.test(path) && path.includes('dist')).sort();

describe('scripts/build.js', { timeout: 60_000 }, () => {
  test('puts modules, their types and the schema into dist, and nothing else', () => {
    const run = build(project);
    expect(run.output).toBe('');
    expect(run.status).toBe(0);
    expect(built(run)).toEqual([
      'dist/core/a.d.ts',
      'dist/core/a.js',
      'dist/engine/b.d.ts',
      'dist/engine/b.js',
      'dist/report/summary.schema.json',
    ]);
  });

  test('fails and leaves no dist when the compiler finds an error', () => {
    const run = build({ ...project, 'src/core/a.ts': "export const a: number = '';\n" });
    expect(run.output).toContain('src/core/a.ts(1,14)');
    expect(run.output).toContain('build failed: the compiler found the errors above');
    expect(run.status).toBe(1);
    expect(built(run)).toEqual([]);
  });

  test('fails when a module that ships imports src/testing/', () => {
    const run = build({ ...project, 'src/engine/d.ts': "export { c } from '../testing/c.ts';\n" });
    expect(run.output).toContain('build failed: src/testing/ came along');
    expect(run.status).toBe(1);
    expect(built(run)).toEqual([]);
  });
});
