import { appendFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { exitCodes } from '../core/errors.ts';
import { millis } from '../core/units.ts';
import type { RecordHeader } from '../record/record.ts';
import type { RunEvent } from '../record/run-event.ts';
import { quietSecond } from '../testing/record-builder.ts';
import { RecordWriter, readRecord, recordFile } from './record-store.ts';

const header: RecordHeader = {
  kind: 'header',
  format: 'sqload-record',
  version: 3,
  sqload: '0.1.0',
  node: '20.20.2',
  startedAt: '2025-01-01T12:00:00.000Z',
  scenario: 'ramp',
  target: { address: 'http://127.0.0.1:8000', builtIn: null },
  seed: '42',
  rows: [],
  sessionRows: [],
  monitors: [],
  profile: { phases: [], points: [], peak: 5, arrivals: null, seconds: 10, steady: null },
  load: {
    thinkMin: millis(3000),
    thinkMax: millis(7000),
    timeout: millis(60_000),
    stopTimeout: millis(30_000),
    expectedShare: [],
    steadyCeiling: 10,
  },
  thresholds: [],
  settings: {},
  slices: { count: 1, parts: [{ index: 0, startedAt: '2025-01-01T12:00:00.000Z' }] },
  workers: 1,
  allowed: { saturated: false, dropped: false },
  preflight: { requests: 2 },
};
const example = (second: number, text = 'é'): RunEvent => ({
  kind: 'example',
  session: false,
  second,
  row: 0,
  failure: 'reset',
  status: 0,
  text,
});

/** A disk that has `room` bytes left and takes at most `most` of them at once. */
const disk = vi.hoisted(() => ({ room: Number.POSITIVE_INFINITY, most: Number.POSITIVE_INFINITY }));
vi.mock('node:fs', async (load) => {
  const fs = await load<typeof import('node:fs')>();
  const writeSync = (file: number, bytes: Buffer, from: number): number => {
    const size = Math.min(bytes.length - from, disk.room, disk.most);
    if (size === 0) throw new Error('ENOSPC: no space left on device, write');
    disk.room -= size;
    return fs.writeSync(file, bytes, from, size);
  };
  return { ...fs, writeSync };
});

let folder: string;
let path: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'sqload-record-'));
  path = join(folder, recordFile);
});
afterEach(() => {
  disk.room = disk.most = Number.POSITIVE_INFINITY;
  rmSync(folder, { recursive: true });
});

function writeRecord(events: readonly RunEvent[]): void {
  const writer = RecordWriter.open(path);
  writer.write(header);
  for (const event of events) writer.write(event);
  writer.close();
  expect(writer.error).toBeNull();
}

describe('RecordWriter', () => {
  test('has each whole line in the file when write() returns', () => {
    const writer = RecordWriter.open(path);
    writer.write(header);
    writer.write(example(0));
    expect(readFileSync(path, 'utf8').split('\n').slice(1)).toEqual([JSON.stringify(example(0)), '']);
    writer.close();
  });

  test('open() does not overwrite a record, nor write where it cannot', () => {
    RecordWriter.open(path).close();
    expect(() => RecordWriter.open(path)).toThrow(expect.objectContaining({ exitCode: exitCodes.usage }));
    expect(() => RecordWriter.open(join(folder, 'none', recordFile))).toThrow('Cannot create the record');
  });

  test('close() twice and write() after it do nothing', () => {
    writeRecord([]);
    const writer = RecordWriter.open(`${path}2`);
    writer.close();
    writer.close();
    writer.write(example(0));
    expect(writer.error).toBeNull();
    expect(readFileSync(`${path}2`, 'utf8')).toBe('');
  });

  test('keeps the first error for the end of the run when the disk is full, and writes nothing more', () => {
    const writer = RecordWriter.open(path);
    writer.write(header);
    disk.room = 10;
    writer.write(example(0));
    disk.room = Number.POSITIVE_INFINITY;
    writer.write(example(1));
    writer.write(example(2));
    writer.close();
    expect(writer.error).toMatchObject({ exitCode: exitCodes.invalid, message: expect.stringContaining('ENOSPC') });
    expect([...readRecord(path).events()]).toEqual([]);
  });

  test('writes the rest of a line when the system takes a part of it', () => {
    disk.most = 7;
    writeRecord([example(0), example(1)]);
    expect([...readRecord(path).events()]).toEqual([example(0), example(1)]);
  });
});

describe('readRecord()', () => {
  const events = [example(0), example(1, '"\\\n'), example(2)];

  test('reads a folder or a file, as often as asked', () => {
    writeRecord(events);
    for (const record of [readRecord(folder), readRecord(path)]) {
      expect(record.header).toEqual(header);
      expect([...record.events()]).toEqual(events);
      expect([...record.events()]).toEqual(events);
    }
  });

  test('reads lines longer than a chunk, and characters across chunks', () => {
    const long = Array.from({ length: 4 }, (_, second) => example(second, 'é'.repeat(200_001 + second)));
    writeRecord(long);
    expect([...readRecord(path).events()]).toEqual(long);
  });

  test('leaves a last line out wherever it was cut', () => {
    writeRecord(events);
    const whole = readFileSync(path);
    const start = whole.lastIndexOf('\n', whole.length - 2) + 1;
    for (let length = whole.length - 2; length >= start; length--) {
      truncateSync(path, length);
      expect([...readRecord(path).events()]).toEqual(events.slice(0, 2));
    }
  });

  test('leaves a broken last line out, and takes a whole one without its line end', () => {
    writeRecord(events);
    truncateSync(path, readFileSync(path).length - 1);
    expect([...readRecord(path).events()]).toEqual(events);
    appendFileSync(path, '\n{"kind":\n');
    expect([...readRecord(path).events()]).toEqual(events);
  });

  test.each([
    ['not JSON', 'nonsense', /record\.ndjson:3: not JSON/],
    ['no event', '{"kind":"x"}', /record\.ndjson:3: kind/],
  ])('names the place of a line in the middle that is %s', (_, line, message) => {
    writeRecord(events.slice(0, 1));
    appendFileSync(path, `${line}\n${JSON.stringify(example(2))}\n`);
    expect(() => [...readRecord(path).events()]).toThrow(message);
  });

  const end: RunEvent = { kind: 'end', reason: 'completed', at: millis(2000), started: 0 };

  test.each<[string, RunEvent[], string]>([
    [
      'a doubled second',
      [quietSecond(0), quietSecond(1), quietSecond(1), end],
      ':4: second 1 is told where second 2 was due',
    ],
    [
      'seconds out of order',
      [quietSecond(0), quietSecond(2), quietSecond(1), end],
      ':3: second 2 is told where second 1 was due',
    ],
    ['a first second that is missing', [quietSecond(1), end], ':2: second 1 is told where second 0 was due'],
    ['a second after the end', [quietSecond(0), end, quietSecond(1)], ':4: there is a second after the end of the run'],
    ['a doubled end', [quietSecond(0), end, end], ':4: there is an end after the end of the run'],
  ])('takes %s for damage', (_, lines, message) => {
    writeRecord(lines);
    expect(() => [...readRecord(path).events()]).toThrow(
      expect.objectContaining({
        exitCode: exitCodes.usage,
        message: expect.stringContaining(message),
        hint: 'The file was changed or damaged after the run.',
      }),
    );
  });

  test('does not take a wrong last line for a cut one', () => {
    writeRecord(events);
    appendFileSync(path, '{"kind":"x"}\n');
    expect(() => [...readRecord(path).events()]).toThrow(':5: kind');
  });

  test('stops reading when its caller does', () => {
    writeRecord(events);
    for (const event of readRecord(path).events()) {
      expect(event).toEqual(events[0]);
      break;
    }
  });

  test('says what is wrong with what it was given', () => {
    const problem = (target: string): unknown => {
      try {
        return readRecord(target);
      } catch (error) {
        expect(error).toMatchObject({ exitCode: exitCodes.usage, hint: expect.stringMatching(/./) });
        return error instanceof Error ? error.message : error;
      }
    };
    expect(problem(join(folder, 'none'))).toContain('there is no such file');
    expect(problem(folder)).toContain(`no ${recordFile} in the folder`);
    writeFileSync(path, '');
    expect(problem(folder)).toContain('is empty');
    writeFileSync(path, 'Name,# Requests\n');
    expect(problem(path)).toContain('its first line is not JSON');
    writeFileSync(path, '{"a":1}\n');
    expect(problem(path)).toContain('not the first line of an sqload record');
    writeFileSync(path, JSON.stringify(header).slice(0, 50));
    expect(problem(path)).toContain('its first line is not JSON');
    mkdirSync(join(folder, 'nested', recordFile), { recursive: true });
    expect(problem(join(folder, 'nested'))).toContain('no record.ndjson');
  });
});
