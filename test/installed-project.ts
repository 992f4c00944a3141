import { type SpawnSyncReturns, spawnSync } from 'node:child_process';
import { cpSync, mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { needsBuild } from './e2e/child.ts';
import { root } from './planted-tree.ts';

/** Somebody's project that has the built package installed, by its name. */
export interface InstalledProject {
  readonly folder: string;
  node(...args: readonly string[]): SpawnSyncReturns<string>;
  remove(): void;
}

export function installedProject(): InstalledProject {
  needsBuild();
  const folder = mkdtempSync(join(tmpdir(), 'sqload-project-'));
  symlinkSync(join(root, 'node_modules'), join(folder, 'node_modules'));
  cpSync(join(root, 'examples'), join(folder, 'examples'), { recursive: true });
  for (const name of ['package.json', 'bin', 'dist', 'scenarios']) symlinkSync(join(root, name), join(folder, name));
  return {
    folder,
    node: (...args) => spawnSync(process.execPath, args, { cwd: folder, encoding: 'utf8' }),
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
}
