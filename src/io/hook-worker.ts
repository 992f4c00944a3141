// Runs in the worker thread that hook-thread.ts starts.
import process from 'node:process';
import { parentPort, workerData } from 'node:worker_threads';
import { type HookOrder, serveHooks } from './hook-messages.ts';

if (parentPort === null) throw new Error('hook-worker.js runs in a worker thread only');
const written = (stream: NodeJS.WriteStream): Promise<void> => new Promise((done) => stream.write('', () => done()));
const flush = async (): Promise<void> => {
  await Promise.all([written(process.stdout), written(process.stderr)]);
};
const noteStray = await serveHooks(parentPort, workerData as HookOrder, flush);
// Nothing but hooks runs here: what nobody caught is theirs, and the others go on.
if (noteStray) process.on('uncaughtException', noteStray);
else parentPort.close();
