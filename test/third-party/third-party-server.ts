import { type ChildProcess, spawn } from 'node:child_process';
import { createServer } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';

/** A server that nobody here wrote, in a process of its own. */
export interface ThirdPartyServer {
  /** `http://127.0.0.1:3901`. */
  readonly address: string;
  close(): Promise<void>;
}

/** A file of an installed package, or of this folder when it begins with `./`. */
export const fileOf = (path: string): string =>
  fileURLToPath(
    path.startsWith('./') ? new URL(path, import.meta.url) : new URL(`../../node_modules/${path}`, import.meta.url),
  );

/** Starts `node <arguments>` and waits until it takes connections, 20 s at most. */
export async function startThirdParty(
  argv: (port: number) => readonly string[],
  env: (port: number) => Readonly<Record<string, string>> = () => ({}),
): Promise<ThirdPartyServer> {
  const port = await freePort();
  const child = spawn(process.execPath, [...argv(port)], {
    env: { ...process.env, ...env(port) },
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  let said = '';
  child.stderr.on('data', (piece: Buffer) => {
    // They are talkative: one line for each request.
    if (said.length < 2000) said += piece;
  });
  const address = `http://127.0.0.1:${port}`;
  for (let tries = 0; tries < 200; tries++) {
    if (child.exitCode !== null) throw new Error(`the server ended with ${child.exitCode}: ${said}`);
    if (await answers(address)) return { address, close: () => end(child) };
    await sleep(100);
  }
  await end(child);
  throw new Error(`the server does not listen: ${said}`);
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      const port = typeof address === 'object' && address !== null ? address.port : 0;
      server.close(() => resolve(port));
    });
  });
}

const answers = async (address: string): Promise<boolean> => {
  try {
    const reply = await fetch(`${address}/nothing-here`, { signal: AbortSignal.timeout(1000) });
    await reply.body?.cancel();
    return true;
  } catch {
    return false;
  }
};

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const gone = new Promise((resolve) => child.once('exit', resolve));
  child.kill('SIGKILL');
  await gone;
}
