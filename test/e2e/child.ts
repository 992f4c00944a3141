import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { root } from '../planted-tree.ts';

const bin = join(root, 'bin', 'sqload.js');

/** The built program in a process of its own, at the head of its own process group. */
export interface Child {
  readonly process: ChildProcess;
  readonly output: { stdout: string; stderr: string };
  /** Resolves when the process is gone and its output is read. */
  readonly ended: Promise<{
    readonly code: number | null;
    readonly signal: NodeJS.Signals | null;
    readonly stdout: string;
    readonly stderr: string;
  }>;
  kill(signal: NodeJS.Signals): void;
}

const running = new Set<ChildProcess>();
const folders: string[] = [];

/** Throws when there is nothing to test: a test of yesterday's or of no program must not be green. */
export function needsBuild(): void {
  if (!existsSync(join(root, 'dist', 'cli', 'node-host.js')))
    throw new Error(
      'dist/ is missing: these tests run the built program. Run "npm run build" first ("npm test" does).',
    );
}

/** Starts `sqload <args>`. No variable of sqload's own is passed on but those of `env`. */
export function sqload(
  args: readonly string[],
  { cwd = root, env = {} }: { readonly cwd?: string; readonly env?: Readonly<Record<string, string>> } = {},
): Child {
  const clean = Object.entries(process.env).filter(([name]) => !/^(SQLOAD_|NODE_OPTIONS$|VITEST|NO_COLOR$)/.test(name));
  const child = spawn(process.execPath, [bin, ...args], {
    cwd,
    env: { ...Object.fromEntries(clean), ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: true,
  });
  running.add(child);
  const output = { stdout: '', stderr: '' };
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    output.stdout += text;
  });
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    output.stderr += text;
  });
  const ended: Child['ended'] = new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code, signal) => {
      running.delete(child);
      resolve({ code, signal, ...output });
    });
  });
  return { process: child, output, ended, kill: (signal) => void child.kill(signal) };
}

/** Resolves once the condition holds: vitest's own `expect.poll` cannot be used by tests that run side by side. */
export async function until(holds: () => boolean): Promise<void> {
  for (let tries = 0; !holds(); tries++) {
    if (tries === 600) throw new Error(`It did not come to hold within 15 s: ${holds}`);
    await setTimeout(25);
  }
}

/** Whether any process of the child's group lives: itself, or one that it left behind. */
export function leftBehind({ process: { pid } }: Child): boolean {
  if (pid === undefined) throw new Error('The process was never started.');
  try {
    process.kill(-pid, 0);
    return true;
  } catch {
    return false;
  }
}

/** An empty folder for one test. */
export function emptyFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'sqload-process-'));
  folders.push(folder);
  return folder;
}

/** The only run folder below `out`. */
export function runFolderIn(out: string): string {
  const [name, ...more] = foldersIn(out);
  if (name === undefined || more.length > 0) throw new Error(`${out} should hold one run folder.`);
  return join(out, name);
}

/** Folders of runs: `history.csv` stands beside them. */
const foldersIn = (out: string): readonly string[] =>
  existsSync(out) ? readdirSync(out).filter((name) => name !== 'history.csv') : [];

/** How many whole seconds a run has recorded so far. */
export function recordedSeconds(out: string): number {
  const [name] = foldersIn(out);
  const path = join(out, name ?? '', 'record.ndjson');
  if (name === undefined || !existsSync(path)) return 0;
  return readFileSync(path, 'utf8')
    .split('\n')
    .slice(0, -1)
    .filter((line) => line.includes('"kind":"second"')).length;
}

/** For `afterAll`: ends what a failed test has left running, and removes the folders. */
export async function cleanUp(): Promise<void> {
  for (const child of running) child.kill('SIGKILL');
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
}
