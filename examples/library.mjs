// Load as a step of one's own program: `node examples/library.mjs`. Without `host` it tests the built-in server.
import { compareThresholds, run } from 'sqload';

const load = run({
  scenario: 'sustained',
  users: 10,
  spawnRate: 100,
  runTime: '4s',
  think: '50ms',
  mockLatency: '5ms',
  defaultThresholds: false,
  thresholds: ['p95<500ms'],
  allowSaturated: true,
});

for await (const event of load)
  if (event.kind === 'second') console.log(`second ${event.second}: ${event.users} users, ${event.failures} failed`);

const { verdict, exitCode, record } = await load.result;
console.log(verdict.outcome, exitCode);
for (const { text, grade } of compareThresholds(record, ['p95<1s', 'count>=1000000'])) console.log(text, grade);
