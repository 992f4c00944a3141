// Servers and generators are processes of their own, each on its core where `taskset` can pin it.
import { execFile, spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const benchFile = (path) => fileURLToPath(new URL(`../${path}`, import.meta.url));
export const sqloadFile = benchFile('../bin/sqload.js');

const usageHook = benchFile('harness/usage-hook.js');

export function onPath(command) {
  const found = (folder) => folder !== '' && readdirOrNone(folder).includes(command);
  return (process.env['PATH'] ?? '').split(delimiter).some(found);
}

function readdirOrNone(folder) {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}

/** The generator gets the first core and the server the second; without taskset, or with one core, the kernel decides. */
export const pinning = onPath('taskset') && availableParallelism() >= 2;
const cores = { generator: '0', server: '1' };

/** Settings of the caller's own would change what is measured. */
const ambient = Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith('SQLOAD_')));

function pinned(role, command) {
  return pinning && role !== null ? ['taskset', '-c', cores[role], ...command] : command;
}

/** How many files a process may have open: the soft limit of this one, which Node has raised to the hard one. */
export function openFileLimit() {
  const { stdout } = spawnSync('sh', ['-c', 'ulimit -n'], { encoding: 'utf8' });
  return Number(stdout.trim()) || Number.POSITIVE_INFINITY;
}

/**
 * Starts a server file of bench/servers. `port` is known when this resolves; `firstRequest` resolves with the time of the
 * first request (ms since 1970); `report()` asks for what it saw; `stop()` ends it.
 */
export async function startServer(file, { pin = true, args = [] } = {}) {
  const command = pinned(pin ? 'server' : null, [process.execPath, benchFile(`servers/${file}`), ...args]);
  const child = spawn(command[0], command.slice(1), { stdio: ['ignore', 'inherit', 'inherit', 'ipc'] });
  const told = (key) =>
    new Promise((resolve, reject) => {
      const listen = (message) => {
        if (!(key in message)) return;
        child.off('message', listen);
        resolve(message[key]);
      };
      child.on('message', listen);
      child.once('exit', (code) => reject(new Error(`${file} ended with exit code ${code}`)));
    });
  const firstRequest = told('firstRequest');
  firstRequest.catch(() => {});
  const port = await told('port');
  return {
    port,
    pid: child.pid,
    firstRequest,
    report() {
      const answer = told('report');
      child.send('report');
      return answer;
    },
    async stop() {
      const gone = new Promise((resolve) => child.once('exit', resolve));
      child.disconnect();
      await gone;
    },
  };
}

/** Runs a command to its end and returns { code, stdout, stderr }. Any exit code will do: what it means, the caller knows. */
export function runCommand(command, { pin = true, env = {}, cwd } = {}) {
  const [file, ...args] = pinned(pin ? 'generator' : null, command);
  const options = { env: { ...ambient, ...env }, maxBuffer: 64 * 1024 * 1024, ...(cwd && { cwd }) };
  return new Promise((resolve, reject) => {
    execFile(file, args, options, (error, stdout, stderr) => {
      if (error && typeof error.code !== 'number') reject(error);
      else resolve({ code: error?.code ?? 0, stdout, stderr });
    });
  });
}

/** The same without waiting: for what is measured while it runs. */
export function startCommand(command) {
  const [file, ...args] = pinned('generator', command);
  return spawn(file, args, { stdio: 'ignore', env: ambient });
}

/**
 * Runs sqload's command line and returns { code, stdout, stderr, usage }. `usage` is what the process itself saw: `cpu` in
 * seconds with all threads, `peak` resident memory in bytes, and one sample `{ at, cpu, memory }` for each second (at: ms since 1970).
 */
export async function runSqload(args, { pin = true, cwd } = {}) {
  return await inScratchFolder(async (folder) => {
    const file = join(folder, 'usage.json');
    const command = [process.execPath, '--import', usageHook, sqloadFile, ...args];
    const result = await runCommand(command, { pin, env: { BENCH_USAGE_FILE: file }, cwd });
    if (result.code === 2 || result.code === 5 || result.code >= 70)
      throw new Error(`sqload ${args.join(' ')} ended with exit code ${result.code}:\n${result.stderr}`);
    return { ...result, usage: JSON.parse(readFileSync(file, 'utf8')) };
  });
}

/** Whether `sqload run` has an option, so that a benchmark says what is missing in place of failing on it. */
export function sqloadHas(option) {
  return spawnSync(process.execPath, [sqloadFile, 'run', '--help'], { encoding: 'utf8' }).stdout.includes(option);
}

/** Gives the action a folder and takes it away afterwards. */
export async function inScratchFolder(action) {
  const folder = mkdtempSync(join(tmpdir(), 'sqload-bench-'));
  try {
    return await action(folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
