import { randomUUID } from 'node:crypto';
import {
  closeSync,
  fstatSync,
  linkSync,
  openSync,
  readSync,
  rmSync,
  statSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { exitCodes, SqloadError, usageError } from '../core/errors.ts';

/** A file to which several processes add lines at the same time, and which none of them rewrites. */
export interface SharedLines {
  readonly path: string;
  /** Its first line, with the end of line. */
  readonly header: string;
  /** Whether a file that begins like this is ours. */
  readonly isOurs: (start: string) => boolean;
}

/** Finds out whether a line could be added. @throws SqloadError (usage) when the file is something else, or closed to us. */
export function checkLines(lines: SharedLines): void {
  try {
    if (!statSync(lines.path, { throwIfNoEntry: false })) return;
    closeSync(openOurs(lines));
  } catch (error) {
    throw usageError(`Cannot add lines to ${lines.path}: ${reason(error)}.`, hint);
  }
}

/**
 * Adds a line, with its end of line, in one write at the end of the file, which begins with the header. A last line that a crash cut
 * off stays as it is, and is ended before.
 * @throws SqloadError with exit code 4 (a result could not be written) when the file is something else, or cannot be written.
 */
export function appendLine(lines: SharedLines, line: string): void {
  try {
    if (!statSync(lines.path, { throwIfNoEntry: false })) begin(lines);
    const file = openOurs(lines);
    try {
      const bytes = Buffer.from(`${missingBefore(file, lines)}${line}`);
      // A second write could land behind the line of another process.
      if (writeSync(file, bytes) < bytes.length) throw new Error('there is no room for the whole line');
    } finally {
      closeSync(file);
    }
  } catch (error) {
    throw new SqloadError(`Cannot add a line to ${lines.path}: ${reason(error)}.`, {
      exitCode: exitCodes.invalid,
      hint,
      cause: error,
    });
  }
}

const hint = 'The file is left as it is. Move it away, and a new one is begun.';

/** Makes the file with its header at once: whoever comes first, nobody sees it empty. */
function begin({ path, header }: SharedLines): void {
  const temporary = `${path}.${randomUUID()}.tmp`;
  try {
    writeFileSync(temporary, header);
    linkSync(temporary, path);
  } catch (error) {
    // Not every file system has links; without them two processes may both write the header, which readers pass over.
    if (codeOf(error) !== 'EEXIST') writeFileSync(path, '', { flag: 'a' });
  } finally {
    rmSync(temporary, { force: true });
  }
}

/** @throws Error with a clause that says what is wrong with the file */
function openOurs({ path, isOurs }: SharedLines): number {
  // Opening a pipe would wait for its other end.
  if (!statSync(path).isFile()) throw new Error('it is no file');
  const file = openSync(path, 'a+');
  try {
    if (fstatSync(file).size > 0 && !isOurs(readAt(file, 0, 4096)))
      throw new Error('it is another file than sqload would write there, or of another version of sqload');
    return file;
  } catch (error) {
    closeSync(file);
    throw error;
  }
}

/** What has to stand between the end of the file and a new line. */
function missingBefore(file: number, { header }: SharedLines): string {
  const { size } = fstatSync(file);
  if (size === 0) return header;
  return readAt(file, size - 1, 1) === '\n' ? '' : '\r\n';
}

function readAt(file: number, position: number, length: number): string {
  const bytes = Buffer.alloc(length);
  return bytes.subarray(0, readSync(file, bytes, 0, length, position)).toString('utf8');
}

const codeOf = (error: unknown): string => (error instanceof Error && 'code' in error ? String(error.code) : '');
const reason = (error: unknown): string => (error instanceof Error ? error.message : String(error));
