import { usageError } from '../../core/errors.ts';
import type { Host } from '../host.ts';

const reasons: Readonly<Record<string, string>> = {
  ENOENT: 'there is no such file',
  EISDIR: 'it is a folder',
  EACCES: 'permission denied',
  ENOTDIR: 'a part of the path is not a folder',
};

/**
 * The text of a file that the user named. `what` says in words what it is for: "the corpus", "the scenario".
 * @throws SqloadError (exit 2) when it cannot be read.
 */
export function readInputFile(host: Host, path: string, what: string): string {
  try {
    return host.readFile(path);
  } catch (error) {
    const code = codeOf(error);
    throw usageError(
      `Cannot read ${what} "${path}": ${reasons[code] ?? code}.`,
      code === 'ENOENT'
        ? `Paths start at the current folder, ${host.cwd}.`
        : 'Give the path of a file that can be read.',
    );
  }
}

function codeOf(error: unknown): string {
  if (typeof error === 'object' && error !== null && 'code' in error) return String(error.code);
  return error instanceof Error ? error.message : String(error);
}
