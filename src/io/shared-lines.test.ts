import { fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { exitCodes } from '../core/errors.ts';
import { appendLine, checkLines, type SharedLines } from './shared-lines.ts';

let folder: string;
let lines: SharedLines;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'sqload-lines-'));
  lines = { path: join(folder, 'all.csv'), header: 'a,b\r\n', isOurs: (start) => start.startsWith('a,b\r\n') };
});
afterEach(() => rmSync(folder, { recursive: true }));

const content = (): string => readFileSync(lines.path, 'utf8');

describe('appendLine()', () => {
  test('begins the file with its header, and adds to it from then on', () => {
    checkLines(lines);
    expect(readdirSync(folder)).toEqual([]);
    appendLine(lines, '1,2\r\n');
    checkLines(lines);
    appendLine(lines, '3,4\r\n');
    expect(content()).toBe('a,b\r\n1,2\r\n3,4\r\n');
    expect(readdirSync(folder)).toEqual(['all.csv']);
  });

  test('ends a line that a crash cut off, and writes the header into an empty file', () => {
    writeFileSync(lines.path, 'a,b\r\n1,"2');
    appendLine(lines, '3,4\r\n');
    expect(content()).toBe('a,b\r\n1,"2\r\n3,4\r\n');
    writeFileSync(lines.path, '');
    appendLine(lines, '3,4\r\n');
    expect(content()).toBe('a,b\r\n3,4\r\n');
  });

  test('leaves another file as it is, and says so before the run and after it', () => {
    writeFileSync(lines.path, 'x,y\n1,2\n');
    const message = expect.stringContaining('it is another file');
    const hint = expect.stringContaining('left as it is');
    expect(() => checkLines(lines)).toThrow(expect.objectContaining({ exitCode: exitCodes.usage, message, hint }));
    expect(() => appendLine(lines, '3,4\r\n')).toThrow(
      expect.objectContaining({ exitCode: exitCodes.invalid, message, hint }),
    );
    expect(content()).toBe('x,y\n1,2\n');
  });

  test('a folder in its place, and a folder that is gone, are results that cannot be written', () => {
    mkdirSync(lines.path);
    expect(() => checkLines(lines)).toThrow(expect.objectContaining({ exitCode: exitCodes.usage }));
    expect(() => appendLine(lines, '3,4\r\n')).toThrow(expect.objectContaining({ exitCode: exitCodes.invalid }));
    const gone = { ...lines, path: join(folder, 'gone', 'all.csv') };
    expect(() => appendLine(gone, '3,4\r\n')).toThrow(expect.objectContaining({ exitCode: exitCodes.invalid }));
  });

  test('keeps every line of processes that add to it at the same time, one header, and no line in pieces', async () => {
    const each = 200;
    const program = join(folder, 'add.mjs');
    const source = new URL('./shared-lines.ts', import.meta.url);
    writeFileSync(program, await addProgram(source, lines, each));
    const children = [0, 1, 2].map((who) => fork(program, [String(who)], { stdio: 'ignore' }));
    await Promise.all(children.map((child) => once(child, 'exit')));
    // Who looks while another one is in the middle of its write ends a line that needs no end: an empty line, which readers pass over.
    const [header, ...rest] = content()
      .trimEnd()
      .split('\r\n')
      .filter((line) => line !== '');
    expect(header).toBe('a,b');
    const expected = [0, 1, 2].flatMap((who) =>
      Array.from({ length: each }, (_, i) => `${who}-${i},${'x'.repeat(300)}`),
    );
    expect(rest.sort()).toEqual(expected.sort());
  }, 60_000);
});

/** A program of its own, since Node 20 does not read TypeScript. */
async function addProgram(source: URL, { path }: SharedLines, each: number): Promise<string> {
  const { build } = await import('vite');
  const built = await build({
    logLevel: 'silent',
    configFile: false,
    build: {
      ssr: source.pathname,
      write: false,
      rollupOptions: { output: { format: 'es' } },
    },
  });
  const [output] = Array.isArray(built) ? built : [built];
  const code = output && 'output' in output ? output.output[0].code : '';
  return `${code}
for (let i = 0; i < ${each}; i++)
  appendLine(
    { path: ${JSON.stringify(path)}, header: 'a,b\\r\\n', isOurs: (start) => start.startsWith('a,b\\r\\n') },
    process.argv[2] + '-' + i + ',' + 'x'.repeat(300) + '\\r\\n',
  );
`;
}
