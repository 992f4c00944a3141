// Runs in the worker thread that mock-thread.ts starts.
import { parentPort, workerData } from 'node:worker_threads';
import type { MockOptions } from '../mock/mock-options.ts';
import { serveMock } from './mock-messages.ts';

if (parentPort === null) throw new Error('mock-worker.js runs in a worker thread only');
await serveMock(parentPort, workerData as MockOptions);
