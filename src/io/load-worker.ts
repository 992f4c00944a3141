// Runs in each of the worker threads that load-threads.ts starts.
import { parentPort, workerData } from 'node:worker_threads';
import { serveLoad, type ThreadOrder } from './load-messages.ts';
import { threadVitals } from './thread-vitals.ts';

if (parentPort === null) throw new Error('load-worker.js runs in a worker thread only');
const vitals = threadVitals();
await serveLoad(parentPort, workerData as ThreadOrder, { vitals });
vitals.close();
// The port would keep the thread alive.
parentPort.close();
