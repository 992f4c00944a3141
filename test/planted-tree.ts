import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, relative } from 'node:path';

export const root = join(import.meta.dirname, '..');

export interface Planted {
  readonly status: number | null;
  readonly output: string;
  /** The files there afterwards, installed packages left out. */
  readonly tree: readonly string[];
}

/** Runs node over a throw-away project that has these files, `copied` from this repository, and its installed packages. */
export function runPlanted(
  files: Readonly<Record<string, string>>,
  args: (folder: string) => readonly string[],
  copied: readonly string[] = [],
): Planted {
  const folder = mkdtempSync(join(tmpdir(), 'sqload-planted-'));
  try {
    for (const path of copied) cpSync(join(root, path), join(folder, path));
    symlinkSync(join(root, 'node_modules'), join(folder, 'node_modules'));
    for (const [path, text] of Object.entries(files)) {
      mkdirSync(dirname(join(folder, path)), { recursive: true });
      writeFileSync(join(folder, path), text);
    }
    const { status, stdout, stderr } = spawnSync(process.execPath, args(folder), { cwd: folder, encoding: 'utf8' });
    const tree = readdirSync(folder, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => relative(folder, join(entry.parentPath, entry.name)));
    return { status, output: stdout + stderr, tree };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
