import { closeSync, openSync, readSync, statSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { exitCodes, SqloadError, usageError } from '../core/errors.ts';
import { decodeEvent, decodeHeader, encodeLine } from '../record/codec.ts';
import type { RecordHeader, RunRecord } from '../record/record.ts';
import type { RunEvent } from '../record/run-event.ts';

/** The name of the record in a run folder. */
export const recordFile = 'record.ndjson';

/**
 * Appends lines to a record; each is with the operating system when `write` returns, so that a killed run leaves every whole line.
 * A failing write does not end the run: nothing more is written, and `error` says why.
 */
export class RecordWriter {
  readonly path: string;
  readonly #file: number;
  #open = true;
  #error: SqloadError | null = null;

  private constructor(path: string, file: number) {
    this.path = path;
    this.#file = file;
  }

  /** Creates the record. @throws SqloadError (usage) when it exists or cannot be created. */
  static open(path: string): RecordWriter {
    try {
      return new RecordWriter(path, openSync(path, 'wx'));
    } catch (error) {
      throw usageError(`Cannot create the record ${path}: ${reason(error)}.`, 'Choose another folder with --out.');
    }
  }

  /** The first thing that went wrong (exit code 4), or null: look at it when the run is over. */
  get error(): SqloadError | null {
    return this.#error;
  }

  write(line: RecordHeader | RunEvent): void {
    // Failures one by one are for those who listen.
    if (this.#error || !this.#open || line.kind === 'failures') return;
    const bytes = Buffer.from(encodeLine(line));
    try {
      for (let done = 0; done < bytes.length; ) done += writeSync(this.#file, bytes, done);
    } catch (error) {
      this.#fail(error);
    }
  }

  /** May be called more than once; does not throw. */
  close(): void {
    if (!this.#open) return;
    this.#open = false;
    try {
      closeSync(this.#file);
    } catch (error) {
      this.#fail(error);
    }
  }

  #fail(error: unknown): void {
    this.#error ??= new SqloadError(`Cannot write the record ${this.path}: ${reason(error)}.`, {
      exitCode: exitCodes.invalid,
      hint: 'The results are incomplete: make room on the disk, or choose another folder with --out.',
      cause: error,
    });
  }
}

/**
 * Opens the record of a run folder, or a record file. Its events are read from the file each time they are asked for, a
 * chunk at a time; a last line that was cut short is left out.
 * @throws SqloadError (usage) when there is no readable record, or, while reading events, at a broken line or one that is not
 * in its place.
 */
export function readRecord(path: string): RunRecord {
  const file = locate(path);
  const [first] = linesOf(file);
  if (!first)
    throw usageError(`The record ${file} is empty.`, 'The run was cut off before it wrote anything: run it again.');
  return { header: readHeader(file, first.text), events: () => eventsOf(file) };
}

function locate(path: string): string {
  const isFolder = attempt(path, () => statSync(path).isDirectory());
  const file = isFolder ? join(path, recordFile) : path;
  if (isFolder && !attempt(file, () => statSync(file, { throwIfNoEntry: false })?.isFile()))
    throw usageError(
      `There is no ${recordFile} in the folder ${path}.`,
      'Give the folder of one run, like reports/ramp-20250101T120000Z.',
    );
  return file;
}

function readHeader(file: string, text: string): RecordHeader {
  try {
    return decodeHeader(text);
  } catch (error) {
    const why = error instanceof SyntaxError ? 'its first line is not JSON' : reason(error);
    throw usageError(`Cannot read ${file} as a record: ${why}.`, `Give a run folder, or its ${recordFile}.`);
  }
}

function* eventsOf(file: string): Generator<RunEvent> {
  const order = new LineOrder();
  for (const { text, number, last } of linesOf(file)) {
    if (number === 1) continue;
    let event: RunEvent;
    try {
      event = decodeEvent(text);
    } catch (error) {
      // A run that is killed, or a full disk, cuts the last line; JSON cut anywhere is not JSON.
      if (last && error instanceof SyntaxError) return;
      throw damaged(file, number, error instanceof SyntaxError ? 'not JSON' : reason(error));
    }
    const misplaced = order.misplaced(event);
    if (misplaced !== null) throw damaged(file, number, misplaced);
    yield event;
  }
}

const damaged = (file: string, line: number, why: string): SqloadError =>
  usageError(`Cannot read the record ${file}:${line}: ${why}.`, 'The file was changed or damaged after the run.');

/** A run tells every second once, from the first on, and nothing after its end. */
class LineOrder {
  #second = 0;
  #ended = false;

  /** What is wrong with the place of the next event; null when it is in order. */
  misplaced(event: RunEvent): string | null {
    if (this.#ended) return `there is ${event.kind === 'end' ? 'an end' : `a ${event.kind}`} after the end of the run`;
    if (event.kind === 'end') this.#ended = true;
    if (event.kind !== 'second') return null;
    if (event.second !== this.#second) return `second ${event.second} is told where second ${this.#second} was due`;
    this.#second += 1;
    return null;
  }
}

interface Line {
  readonly text: string;
  /** Counted from 1. */
  readonly number: number;
  /** Nothing comes after it. */
  readonly last: boolean;
}

/** The lines of a file, without line ends. The memory it takes is that of one chunk and one line. */
function* linesOf(file: string): Generator<Line> {
  let number = 0;
  let held: string | null = null;
  for (const text of textLinesOf(file)) {
    if (held !== null) yield { text: held, number, last: false };
    held = text;
    number += 1;
  }
  if (held !== null) yield { text: held, number, last: true };
}

const newline = 0x0a;

function* textLinesOf(path: string): Generator<string> {
  const file = attempt(path, () => openSync(path, 'r'));
  try {
    const chunk = Buffer.allocUnsafe(256 * 1024);
    let begun: Buffer[] = [];
    for (;;) {
      const size = attempt(path, () => readSync(file, chunk));
      if (size === 0) break;
      const bytes = chunk.subarray(0, size);
      let from = 0;
      for (let to = bytes.indexOf(newline); to >= 0; to = bytes.indexOf(newline, from)) {
        const line = bytes.subarray(from, to);
        yield (begun.length === 0 ? line : Buffer.concat([...begun, line])).toString('utf8');
        begun = [];
        from = to + 1;
      }
      if (from < size) begun.push(Buffer.from(bytes.subarray(from)));
    }
    if (begun.length > 0) yield Buffer.concat(begun).toString('utf8');
  } finally {
    closeSync(file);
  }
}

function attempt<T>(path: string, action: () => T): T {
  try {
    return action();
  } catch (error) {
    const missing = error instanceof Error && 'code' in error && error.code === 'ENOENT';
    throw usageError(
      `Cannot read ${path}: ${missing ? 'there is no such file or folder' : reason(error)}.`,
      `Give a run folder, or its ${recordFile}.`,
    );
  }
}

const reason = (error: unknown): string => (error instanceof Error ? error.message : String(error));
