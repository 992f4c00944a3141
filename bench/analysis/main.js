// How often the analyses are right: each trial has its truth planted in a simulated server in virtual time, and is played with
// many seeds. `npm run bench:analysis` plays all, `npm run bench:analysis -- drift compare/aa` those whose names begin so,
// `--seeds 20` fewer or more of each. Same seeds, same table: nothing in it depends on the machine.
import { spawnSync } from 'node:child_process';
import { createRequire } from 'node:module';
import { availableParallelism } from 'node:os';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { Worker } from 'node:worker_threads';
import { fixed, print, printTable } from '../harness/table.js';

const { values, positionals } = parseArgs({ options: { seeds: { type: 'string' } }, allowPositionals: true });
const folder = fileURLToPath(new URL('.', import.meta.url));
compile();
const { allTrials } = await import('../../.trials/testing/trials/all-trials.js');
const { proportionInterval } = await import('../../.trials/verdict/interval.js');
const chosen = allTrials.filter(
  ({ id }) => positionals.length === 0 || positionals.some((name) => id.startsWith(name)),
);
if (chosen.length === 0) {
  print(`No trial of that name: choose from ${allTrials.map(({ id }) => id).join(', ')}.`);
  process.exitCode = 2;
} else {
  const answers = await playAll(chosen);
  printAnswers(answers);
}

/** src/ with src/testing/, to .trials/ at the root, where the paths to scenarios/ are the same. */
function compile() {
  const compiler = createRequire(import.meta.url).resolve('typescript/bin/tsc');
  const { status } = spawnSync(process.execPath, [compiler, '-p', folder], { stdio: 'inherit' });
  if (status !== 0) process.exit(1);
}

/** Plays every seed of every trial on all cores; a seed stays on one of them, which remembers what it has played for other trials. */
async function playAll(trials) {
  const cores = availableParallelism();
  const games = Array.from({ length: cores }, () => []);
  for (const { id, seeds } of trials)
    for (let i = 0; i < Number(values.seeds ?? seeds); i++) games[i % cores].push({ id, seed: `${i + 1}` });
  const answers = new Map(trials.map((trial) => [trial.id, { trial, yes: 0, no: 0, none: 0 }]));
  const work = (own) =>
    new Promise((resolve, reject) => {
      let next = 0;
      const worker = new Worker(new URL('./worker.js', import.meta.url));
      const give = () => (next < own.length ? worker.postMessage(own[next++]) : worker.terminate().then(resolve));
      worker.on('message', ({ id, answer }) => {
        answers.get(id)[answer] += 1;
        give();
      });
      worker.on('error', reject);
      give();
    });
  await Promise.all(games.map(work));
  return [...answers.values()];
}

function printAnswers(answers) {
  const rows = answers.map(({ trial, yes, no, none }) => {
    const n = yes + no;
    const { low, high } = proportionInterval(yes, n);
    const { goal } = trial;
    const bar = goal.kind === 'false-alarm' ? goal.most : goal.least;
    const met = n > 0 && (goal.kind === 'false-alarm' ? yes / n <= bar : yes / n >= bar);
    const words = { contains: 'holds the truth', found: 'found', 'false-alarm': 'false alarm' }[goal.kind];
    return [
      trial.id,
      n,
      none,
      `${words} in ${n === 0 ? '–' : percent(yes / n)}`,
      n === 0 ? '–' : `${percent(low)} to ${percent(high)}`,
      `${goal.kind === 'false-alarm' ? 'at most' : 'at least'} ${percent(bar)}`,
      met ? 'met' : 'MISSED',
    ];
  });
  printTable(['trial', 'answers', 'no answer', 'share', '95 % interval', 'goal', ''], rows);
  for (const { trial } of answers) print(`${trial.id}: ${trial.about}`);
}

function percent(share) {
  return `${fixed(share * 100, 1)} %`;
}
