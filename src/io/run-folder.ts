import { randomUUID } from 'node:crypto';
import { mkdirSync, mkdtempSync, renameSync, rmdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { exitCodes, SqloadError, usageError } from '../core/errors.ts';

const longestName = 80;

/**
 * Makes `<out>/<scenario>-<YYYYMMDDTHHMMSSZ>`, with `-2`, `-3`, … when it is there already, and returns its path. Two runs
 * that start at the same time get two folders.
 * @throws SqloadError (usage) when it cannot be made.
 */
export function createRunFolder(out: string, scenario: string, startedAt: Date): string {
  const name = `${safeName(scenario)}-${compactTime(startedAt)}`;
  try {
    makeFolders(resolve(out));
    for (let n = 1; ; n++) {
      const folder = join(out, n === 1 ? name : `${name}-${n}`);
      if (made(folder)) return folder;
    }
  } catch (error) {
    throw notWritable(out, error);
  }
}

/**
 * Finds out whether results can be written below `out`, which need not exist: makes a folder and takes it away again, since
 * permissions alone do not tell (a full or special file system). @throws SqloadError (usage) if not.
 */
export function checkWritable(out: string, option = '--out'): void {
  try {
    rmdirSync(mkdtempSync(join(nearestExisting(resolve(out)), '.sqload-')));
  } catch (error) {
    throw notWritable(out, error, option);
  }
}

/**
 * Writes a file so that it is there whole or not at all: under a temporary name beside it, then renamed.
 * @throws SqloadError with exit code 4 (a result could not be written).
 */
export function writeWhole(path: string, text: string): void {
  const temporary = `${path}.${randomUUID()}.tmp`;
  try {
    writeFileSync(temporary, text);
    renameSync(temporary, path);
  } catch (error) {
    rmSync(temporary, { force: true });
    throw new SqloadError(`Cannot write ${path}: ${reason(error)}.`, {
      exitCode: exitCodes.invalid,
      hint: 'The record of the run is kept: "sqload report <folder>" prints its report again.',
      cause: error,
    });
  }
}

/** A name that every file system takes: letters, digits, dot, dash and underscore, not hidden, not long. */
function safeName(scenario: string): string {
  const name = scenario
    .normalize('NFKD')
    .replace(/\p{M}/gu, '')
    .replace(/[^A-Za-z0-9._-]+/g, '-')
    .replace(/^[.-]+|[.-]+$/g, '')
    .slice(0, longestName);
  return name === '' ? 'run' : name;
}

/** `2025-01-01T12:00:00.000Z` as `20250101T120000Z`. */
const compactTime = (at: Date): string => at.toISOString().replace(/\.\d+|[-:]/g, '');

/** Makes a folder and those above it. Level by level, since mkdir with `recursive` never returns below /proc. @throws Error of the system */
export function makeFolders(path: string): void {
  if (statSync(path, { throwIfNoEntry: false })?.isDirectory()) return;
  if (dirname(path) !== path) makeFolders(dirname(path));
  made(path);
}

/** Whether the folder was made; not when there is something of this name. */
function made(folder: string): boolean {
  try {
    mkdirSync(folder);
    return true;
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'EEXIST') return false;
    throw error;
  }
}

function nearestExisting(path: string): string {
  let folder = path;
  while (!statSync(folder, { throwIfNoEntry: false }) && dirname(folder) !== folder) folder = dirname(folder);
  return folder;
}

const notWritable = (out: string, error: unknown, option = '--out'): SqloadError =>
  usageError(`Cannot write results below ${out}: ${inWords(error)}.`, `Choose another folder with ${option}.`);

const words: Readonly<Record<string, string>> = {
  ENOTDIR: 'a part of the path is a file',
  EEXIST: 'it is a file',
  ENOENT: 'nothing can be made there',
  EACCES: 'permission denied',
  EPERM: 'permission denied',
  EROFS: 'the file system is read-only',
  ENOSPC: 'no space left on the device',
};

function inWords(error: unknown): string {
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  return words[code] ?? reason(error);
}

const reason = (error: unknown): string => (error instanceof Error ? error.message : String(error));
