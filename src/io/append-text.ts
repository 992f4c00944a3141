import { appendFileSync } from 'node:fs';
import { exitCodes, SqloadError } from '../core/errors.ts';

/** Adds a text to the end of a file, which need not exist. @throws SqloadError with exit code 4 (a result could not be written). */
export function appendText(path: string, text: string): void {
  try {
    appendFileSync(path, text);
  } catch (error) {
    throw new SqloadError(`Cannot write ${path}: ${error instanceof Error ? error.message : String(error)}.`, {
      exitCode: exitCodes.invalid,
      cause: error,
    });
  }
}
