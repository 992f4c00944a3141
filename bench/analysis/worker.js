// Plays one seed of one trial after another.
import { parentPort } from 'node:worker_threads';
import { allTrials } from '../../.trials/testing/trials/all-trials.js';

const trials = new Map(allTrials.map((trial) => [trial.id, trial]));

parentPort.on('message', async ({ id, seed }) => {
  parentPort.postMessage({ id, answer: await trials.get(id).play(seed) });
});
