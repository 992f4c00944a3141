// Plays one seed of each of some trials.
import { parentPort } from 'node:worker_threads';
import { allTrials } from '../../.trials/testing/trials/all-trials.js';

const trials = new Map(allTrials.map((trial) => [trial.id, trial]));

parentPort.on('message', async ({ ids, seed }) => {
  const told = [];
  for (const id of ids) told.push([id, await trials.get(id).play(seed)]);
  parentPort.postMessage(told);
});
