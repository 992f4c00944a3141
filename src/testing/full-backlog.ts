import { Socket } from 'node:net';
import { Worker } from 'node:worker_threads';

/** A port that listens and never accepts: the kernel drops further attempts to connect, so they hang. */
export interface FullBacklog {
  readonly port: number;
  close(): Promise<void>;
}

// The event loop of the thread stands still from the moment it listens, until `state` changes.
const listener = `
const { parentPort, workerData } = require('node:worker_threads');
const server = require('node:net').createServer(() => {});
server.listen({ port: 0, host: '127.0.0.1', backlog: 1 }, () => {
  parentPort.postMessage(server.address().port);
  setImmediate(() => {
    Atomics.wait(workerData, 0, 0);
    process.exit();
  });
});`;

/** More than any kernel queues for a backlog of 1. */
const attempts = 16;

/** Fills the queue of a listening socket. null: this system takes connections without end. */
export async function fullBacklog(): Promise<FullBacklog | null> {
  const state = new Int32Array(new SharedArrayBuffer(4));
  const worker = new Worker(listener, { eval: true, workerData: state });
  const port = await new Promise<number>((resolve) => worker.once('message', resolve));
  let connected = 0;
  const sockets = Array.from({ length: attempts }, () => {
    const socket = new Socket();
    socket.on('error', () => {});
    socket.connect(port, '127.0.0.1', () => {
      connected += 1;
    });
    return socket;
  });
  await settled();
  const close = async (): Promise<void> => {
    for (const socket of sockets) socket.destroy();
    Atomics.store(state, 0, 1);
    Atomics.notify(state, 0);
    await worker.terminate();
  };
  if (connected < attempts) return { port, close };
  await close();
  return null;
}

/** The kernel answers on loopback at once; what it has answered is known after a turn of the loop, however late that is. */
async function settled(): Promise<void> {
  await new Promise((resolve) => setTimeout(resolve, 100));
  for (let turn = 0; turn < 3; turn++) await new Promise((resolve) => setImmediate(resolve));
}
