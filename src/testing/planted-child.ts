import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';

/** What a process says of itself. */
export interface OwnMeasure {
  /** CPU time of all its threads, in seconds since its start. */
  readonly cpu: number;
  /** A monotonic time, in seconds. */
  readonly at: number;
  readonly resident: number;
}

export interface PlantedChild {
  readonly pid: number;
  /** Asks the process that does the work, now. */
  ask(): Promise<OwnMeasure>;
  end(): Promise<void>;
}

const answering = `
require('node:readline').createInterface({ input: process.stdin }).on('line', () => {
  const { user, system } = process.cpuUsage();
  console.log(JSON.stringify({ cpu: (user + system) / 1e6, at: Number(process.hrtime.bigint()) / 1e9, resident: process.memoryUsage.rss() }));
}).on('close', () => process.exit());
`;

/** Busy for about half of the time. */
export const burning = `${answering}
setInterval(() => { const until = Date.now() + 25; while (Date.now() < until); }, 50);`;

/** Holds so many bytes. */
export const holding = (bytes: number): string => `${answering}\nglobalThis.held = Buffer.alloc(${bytes}, 1);`;

/** A process that does no work itself, but has a child that does; it waits for it. */
export const withChild = (code: string): string =>
  `require('node:child_process').spawn(process.execPath, ['-e', ${JSON.stringify(code)}], { stdio: 'inherit' });`;

/** Starts a process of Node that runs this code, and answers lines on its standard input. */
export async function plantChild(code: string): Promise<PlantedChild> {
  const child = spawn(process.execPath, ['-e', code], { stdio: ['pipe', 'pipe', 'inherit'] });
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const ask = async (): Promise<OwnMeasure> => {
    child.stdin.write('\n');
    return JSON.parse(String((await lines.next()).value)) as OwnMeasure;
  };
  await ask();
  return { pid: pidOf(child), ask, end: () => ended(child) };
}

function pidOf({ pid }: ChildProcess): number {
  if (pid === undefined) throw new Error('the process did not start');
  return pid;
}

/** The end of its input ends the process, and its child. */
async function ended(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  child.stdin?.end();
  await once(child, 'exit');
}
