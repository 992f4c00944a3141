// A run that is stopped from outside: `node examples/stop-early.mjs`.
import { run } from 'sqload';

const stop = new AbortController();
const load = run({
  scenario: 'sustained',
  users: 5,
  runTime: '1h',
  think: '50ms',
  mockLatency: '5ms',
  signal: stop.signal,
});

for await (const event of load) if (event.kind === 'second' && event.second === 1) stop.abort();

const { verdict, exitCode } = await load.result;
console.log(verdict.outcome, exitCode);
