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

/** How long a connect may take before it counts as hanging, ms: on loopback it takes less than one. */
const patience = 300;

/** Fills the queue of a listening socket. null: this system takes connections without end. */
export async function fullBacklog(): Promise<FullBacklog | null> {
  const state = new Int32Array(new SharedArrayBuffer(4));
  const worker = new Worker(listener, { eval: true, workerData: state });
  const port = await new Promise<number>((resolve) => worker.once('message', resolve));
  const sockets: Socket[] = [];
  const close = async (): Promise<void> => {
    for (const socket of sockets) socket.destroy();
    Atomics.store(state, 0, 1);
    Atomics.notify(state, 0);
    await worker.terminate();
  };
  for (let i = 0; i < 16; i++) {
    const socket = new Socket();
    sockets.push(socket);
    if (!(await connects(socket, port))) return { port, close };
  }
  await close();
  return null;
}

function connects(socket: Socket, port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const timer = setTimeout(() => resolve(false), patience);
    socket.on('error', () => {});
    socket.connect(port, '127.0.0.1', () => {
      clearTimeout(timer);
      resolve(true);
    });
  });
}
