import { closeSync, openSync, readFileSync, readSync, statSync } from 'node:fs';

/** What stands at a path: a folder, or a file with its first bytes as text. */
export type Found = { readonly kind: 'folder' } | { readonly kind: 'file'; readonly start: string };

/** Larger than any table that people make; a longer one is something else. */
const mostBytes = 64_000_000;

/** Finds out what a path is, and how a file begins. @throws Error of the system; one that says so for what is neither. */
export function lookAt(path: string): Found {
  const stat = statSync(path);
  if (stat.isDirectory()) return { kind: 'folder' };
  // Reading a pipe or a device could wait for ever.
  if (!stat.isFile()) throw new Error('it is neither a file nor a folder');
  const file = openSync(path, 'r');
  try {
    const bytes = Buffer.alloc(4096);
    return { kind: 'file', start: bytes.subarray(0, readSync(file, bytes)).toString('utf8') };
  } finally {
    closeSync(file);
  }
}

/** The whole text of a table. @throws Error of the system; one that says so for what is too long to be one. */
export function readTable(path: string): string {
  if (statSync(path).size > mostBytes) throw new Error(`it is longer than ${mostBytes / 1e6} MB`);
  return readFileSync(path, 'utf8');
}
