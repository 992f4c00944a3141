import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { expect, test } from 'vitest';
import { createRedactor } from '../src/core/redactor.ts';
import { HookRunner } from '../src/io/hook-runner.ts';
import type { Hooks } from '../src/io/hooks.ts';
import { fakeHost } from '../src/testing/fake-host.ts';
import { VirtualClock } from '../src/testing/virtual-clock.ts';
import { runVirtually, virtualMachinery } from '../src/testing/virtual-machinery.ts';

setFlagsFromString('--expose-gc');
const collect: () => void = runInNewContext('gc');

// Ten minutes for real: `npm run bench -- soak`.
test('two hours of sustained load in virtual time, with every monitor and hook on, take no more memory than one', {
  timeout: 300_000,
}, async () => {
  const out = mkdtempSync(join(tmpdir(), 'sqload-soak-'));
  try {
    const heard = new Map<string, number>();
    /** What is alive at every tenth minute, MB. */
    const heap: number[] = [];
    const hear = ({ kind }: { readonly kind: string }): void => void heard.set(kind, (heard.get(kind) ?? 0) + 1);
    const hooks: Hooks = {
      ...{ testStart: hear, phase: hear, firstFailure: hear, testStop: hear, verdict: hear },
      requestFailed(event, { counter, timing }) {
        hear(event);
        counter('failures').add();
        timing('time-to-failure').record(event.responseTime);
      },
      second(event, { timing }) {
        hear(event);
        timing('p95-of-the-second').record(event.p95 ?? 0);
        if (event.second % 600 !== 599) return;
        collect();
        heap.push(process.memoryUsage().heapUsed / 1e6);
      },
    };
    const monitors = [
      'pid:1',
      'port:80',
      'prometheus:http://h/m',
      'promql:http://h?cpu=x',
      'json:http://h#cpu_ratio=/p',
    ];
    const host = fakeHost({
      argv: [
        ...['sustained', '--run-time', '2h', '--seed', '1', '--mock-fault', '500:1%', '--out', out, '--hooks', 'given'],
        ...monitors.flatMap((source, i) => ['--monitor', `m${i}=${source}`]),
        ...['--counters', 'http://h#/n'],
      ],
    });
    const clock = new VirtualClock();
    let count = 0;
    await runVirtually(host, clock, {
      ...virtualMachinery(clock, { forgetful: true }),
      openHooks: async () => new HookRunner(hooks, clock, createRedactor([])),
      readCounter: async () => (count += 100_000),
    });

    expect(host.written.stdout).toContain('The server counted 100 000 requests');
    expect(heard.get('second')).toBeGreaterThanOrEqual(7200);
    expect(heard.get('requestFailed')).toBeGreaterThan(1000);
    expect(heap).toHaveLength(12);
    // In the first hour the built-in server fills up with the conversations that it remembers.
    expect(Math.max(...heap.slice(9)) - Math.min(...heap.slice(6, 9))).toBeLessThan(0.5);
  } finally {
    rmSync(out, { recursive: true });
  }
});
