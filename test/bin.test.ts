import { describe, expect, test } from 'vitest';
import { type Planted, runPlanted } from './planted-tree.ts';

const bin = (files: Readonly<Record<string, string>>, node?: string): Planted =>
  runPlanted(
    { 'package.json': '{ "type": "module" }', ...files },
    () => [...(node ? ['--import', nodeCalls(node)] : []), 'bin/sqload.js'],
    ['bin/sqload.js'],
  );

const nodeCalls = (version: string): string =>
  `data:text/javascript,${encodeURIComponent(
    `Object.defineProperty(process, 'versions', { value: { ...process.versions, node: '${version}' } });`,
  )}`;

const host = { 'dist/cli/node-host.js': "export const runProcess = () => process.stdout.write('runs');\n" };

describe('bin/sqload.js', () => {
  test.each(['20.18.1', '20.19.0', '22.0.0', '24.1.0'])('runs the built command on Node %s', (version) => {
    expect(bin(host, version)).toMatchObject({ status: 0, output: 'runs' });
  });

  test.each(['10.24.1', '18.20.8', '20.9.0', '20.18.0'])(
    'says what it needs on Node %s, and exits with 2',
    (version) => {
      const output = `sqload: needs Node 20.18.1 or newer, this is ${version}.\n`;
      expect(bin(host, version)).toMatchObject({ status: 2, output });
    },
  );

  test.each([
    ['a clone that was not built', {}],
    ['a package that is not installed', { 'dist/cli/node-host.js': "import 'sqload-has-no-such-package';\n" }],
  ])('says what to do in %s, and exits with 2', (_, files) => {
    const { status, output } = bin(files);
    expect(output).toMatch(/^sqload is not built, or not completely: run "npm install" in the clone first \(.+\)\.\n$/);
    expect(status).toBe(2);
  });

  test('exits with 70 when it cannot start for another reason', () => {
    const { status, output } = bin({ 'dist/cli/node-host.js': "throw new Error('broken');\n" });
    expect(output).toContain('sqload: cannot start: Error: broken');
    expect(status).toBe(70);
  });
});
