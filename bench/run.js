// `npm run bench` runs every benchmark in turn; `npm run bench -- cost users` those named. Build first.
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { benchFile } from './harness/processes.js';

const usual = ['cost', 'dialects', 'users', 'truth', 'deadline', 'scale', 'report', 'start'];
const known = [...usual, 'soak'];
const asked = process.argv.slice(2);
const unknown = asked.filter((name) => !known.includes(name));

if (unknown.length > 0) {
  process.stderr.write(`No benchmark named ${unknown.join(', ')}: choose from ${known.join(', ')}.\n`);
  process.exitCode = 2;
} else if (!existsSync(benchFile('../dist/cli/main.js'))) {
  process.stderr.write('sqload is not built: run "npm run build" first.\n');
  process.exitCode = 2;
} else {
  for (const name of asked.length > 0 ? asked : usual) {
    const { status } = spawnSync(process.execPath, [benchFile(`${name}.js`)], { stdio: 'inherit' });
    if (status !== 0) {
      process.stderr.write(`The benchmark ${name} did not come to its end.\n`);
      process.exitCode = 1;
    }
  }
}
