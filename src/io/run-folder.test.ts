import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir, userInfo } from 'node:os';
import { basename, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { exitCodes } from '../core/errors.ts';
import { checkWritable, createRunFolder, writeWhole } from './run-folder.ts';

const noon = new Date('2025-01-01T12:00:00.750Z');
let out: string;
beforeEach(() => {
  out = mkdtempSync(join(tmpdir(), 'sqload-out-'));
});
afterEach(() => rmSync(out, { recursive: true }));

describe('createRunFolder()', () => {
  test('names the folder after scenario and UTC time, and numbers those of one second', () => {
    const names = [1, 2, 3].map(() => basename(createRunFolder(join(out, 'a', 'b'), 'ramp', noon)));
    expect(names).toEqual(['ramp-20250101T120000Z', 'ramp-20250101T120000Z-2', 'ramp-20250101T120000Z-3']);
    expect(readdirSync(join(out, 'a', 'b')).sort()).toEqual(names);
  });

  test.each([
    ['../../etc/passwd', 'etc-passwd'],
    ['Été à Zürich', 'Ete-a-Zurich'],
    ['...', 'run'],
    ['日本', 'run'],
    ['a'.repeat(300), 'a'.repeat(80)],
  ])('makes a name of %.20s', (scenario, name) => {
    expect(createRunFolder(out, scenario, noon)).toBe(join(out, `${name}-20250101T120000Z`));
  });

  test('says why it cannot', () => {
    writeFileSync(join(out, 'file'), '');
    expect(() => createRunFolder(join(out, 'file', 'x'), 'ramp', noon)).toThrow(
      expect.objectContaining({ exitCode: exitCodes.usage, hint: expect.stringContaining('--out') }),
    );
  });
});

describe('checkWritable()', () => {
  test('accepts a folder that is there or can be made, and makes none', () => {
    checkWritable(out);
    checkWritable(join(out, 'a', 'b'));
    expect(readdirSync(out)).toEqual([]);
  });

  test.each(['file', join('file', 'x')])('refuses %s', (path) => {
    writeFileSync(join(out, 'file'), '');
    expect(() => checkWritable(join(out, path))).toThrow(expect.objectContaining({ exitCode: exitCodes.usage }));
  });

  test.skipIf(userInfo().uid === 0)('refuses a folder that cannot be written to', () => {
    mkdirSync(join(out, 'shut'), { mode: 0o555 });
    expect(() => checkWritable(join(out, 'shut', 'reports'))).toThrow('EACCES');
  });
});

describe('writeWhole()', () => {
  test('writes, overwrites, and leaves nothing else behind', () => {
    const path = join(out, 'stats.csv');
    writeWhole(path, 'one');
    writeWhole(path, 'two\r\n');
    expect(readFileSync(path, 'utf8')).toBe('two\r\n');
    expect(readdirSync(out)).toEqual(['stats.csv']);
  });

  test('says with exit code 4 what could not be written, and leaves nothing behind', () => {
    expect(() => writeWhole(join(out, 'none', 'x'), '')).toThrow(
      expect.objectContaining({ exitCode: exitCodes.invalid }),
    );
    expect(() => writeWhole(out, 'a folder is in the way')).toThrow('Cannot write');
    expect(readdirSync(join(out, '..')).filter((name) => name.startsWith(`${basename(out)}.`))).toEqual([]);
  });
});
