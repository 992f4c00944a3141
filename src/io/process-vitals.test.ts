import { describe, expect, test } from 'vitest';
import { millis } from '../core/units.ts';
import type { RunEvent } from '../record/run-event.ts';
import { plantRecord } from '../testing/record-builder.ts';
import { processVitals, withProcess } from './process-vitals.ts';

async function* told(events: Iterable<RunEvent>): AsyncGenerator<RunEvent> {
  yield* events;
}

describe('withProcess()', () => {
  test('adds what was read to each second, and leaves alone what else is told', async () => {
    const { events } = plantRecord({ requests: [{ row: 0, at: 0.5, ms: 5, failed: ['reset', 0, 'x'] }], seconds: 3 });
    const reads = [{ cpu: 0.5, memory: 1000 }, null, { cpu: 0.25, memory: 2000 }];
    let read = 0;
    const seen: RunEvent[] = [];
    for await (const event of withProcess(told(events()), { read: () => reads[read++] ?? null })) seen.push(event);
    const plain = [...events()];
    expect(seen.map((event) => (event.kind === 'second' ? { ...event, processes: [] } : event))).toEqual(plain);
    expect(seen.flatMap((event) => (event.kind === 'second' ? [event.processes] : []))).toEqual([
      [{ cpu: 0.5, memory: 1000 }],
      [],
      [{ cpu: 0.25, memory: 2000 }],
    ]);
    expect(read).toBe(3);
  });
});

describe('processVitals()', () => {
  test('tells the CPU time and the memory of this process, but not of a moment', async () => {
    const vitals = processVitals();
    expect(vitals.read()).toBeNull();
    const until = performance.now() + millis(150);
    while (performance.now() < until);
    const used = vitals.read();
    expect(used?.cpu).toBeGreaterThan(0);
    expect(used?.cpu).toBeLessThan(64);
    expect(used?.memory).toBeGreaterThan(10_000_000);
    expect(vitals.read()).toBeNull();
  });
});
