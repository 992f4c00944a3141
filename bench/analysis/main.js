// How often the analyses are right: each trial has its truth planted in a simulated server in virtual time, and is played with
// many seeds. `npm run bench:analysis` plays all, `npm run bench:analysis -- drift compare/aa` those whose names begin so,
// `--seeds 20` fewer or more of each. They begin with 101, since methods were changed on 1 to 100; `--first-seed 301` plays others. Same
// seeds, same table: nothing in it depends on the machine.
import { spawnSync } from 'node:child_process';
import { createRequire } from 'node:module';
import { availableParallelism } from 'node:os';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { Worker } from 'node:worker_threads';
import { fixed, print, printTable } from '../harness/table.js';

const { values, positionals } = parseArgs({
  options: { seeds: { type: 'string' }, 'first-seed': { type: 'string', default: '101' } },
  allowPositionals: true,
});
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

/** Plays every seed of every trial on all cores. */
async function playAll(trials) {
  const games = gamesOf(trials);
  const answers = new Map(trials.map((trial) => [trial.id, { trial, yes: 0, no: 0, none: 0 }]));
  let next = 0;
  let played = 0;
  const work = () =>
    new Promise((resolve, reject) => {
      const worker = new Worker(new URL('./worker.js', import.meta.url));
      const give = () => (next < games.length ? worker.postMessage(games[next++]) : worker.terminate().then(resolve));
      worker.on('message', (told) => {
        for (const [id, answer] of told) answers.get(id)[answer] += 1;
        played += 1;
        if (process.stderr.isTTY)
          process.stderr.write(`\r${played} of ${games.length} seeds${played === games.length ? '\n' : ''}`);
        give();
      });
      worker.on('error', reject);
      give();
    });
  await Promise.all(Array.from({ length: availableParallelism() }, work));
  return [...answers.values()];
}

/** One seed of the trials of one family is one game, so that those who ask about the same runs play them once. */
function gamesOf(trials) {
  const games = new Map();
  const first = wholeNumber('--first-seed', values['first-seed']);
  for (const { id, seeds } of trials)
    for (let seed = first; seed < first + wholeNumber('--seeds', values.seeds ?? seeds); seed++) {
      const key = `${id.split('/')[0]} ${seed}`;
      games.set(key, { seed: `${seed}`, ids: [...(games.get(key)?.ids ?? []), id] });
    }
  return [...games.values()];
}

function wholeNumber(option, text) {
  const number = Number(text);
  if (Number.isInteger(number) && number > 0) return number;
  print(`${option} ${text}: a whole number from 1 on is wanted.`);
  process.exit(2);
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
  print(`Seeds from ${values['first-seed']} on.`);
  for (const { trial } of answers) print(`${trial.id}: ${trial.about}`);
}

function percent(share) {
  return `${fixed(share * 100, 1)} %`;
}
