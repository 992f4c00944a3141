import { afterEach, describe, expect, test } from 'vitest';
import { seededRandom } from '../core/random.ts';
import { millis, seconds } from '../core/units.ts';
import { runSlice } from '../engine/run-slice.ts';
import { RunStop } from '../engine/stop.ts';
import { encodedCount } from '../metrics/encoded-histogram.ts';
import { RunFold } from '../record/fold.ts';
import type { SecondEvent } from '../record/run-event.ts';
import { plantHeader } from '../testing/record-builder.ts';
import { planFor, profileOf } from '../testing/virtual-run.ts';
import { judge } from '../verdict/judge.ts';
import { wholeRun } from '../workload/slice.ts';
import { httpTransport } from './http-transport.ts';
import { startMockServer } from './mock-server.ts';
import { realClock } from './real-clock.ts';
import { DelayMeter, threadVitals } from './thread-vitals.ts';

const closing: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0)) await close();
});

/** Keeps the event loop from turning. */
function standStill(ms: number): void {
  const until = performance.now() + ms;
  while (performance.now() < until);
}

describe('DelayMeter', () => {
  test('tells how late each tick came, once', () => {
    const meter = new DelayMeter(0, 20);
    meter.tick(20.4);
    meter.tick(45);
    expect(meter.read(50).slice(0, 3)).toEqual([400, 4600, 5000]);
    expect(meter.read(60)).toEqual([]);
  });

  test('tells of a stall that is under way up to now, and of the rest of it later: no part twice', () => {
    const meter = new DelayMeter(0, 20);
    expect(meter.read(320)).toMatchObject({ 1: 300_000, 2: 300_000 });
    meter.tick(420);
    expect(meter.read(425)).toMatchObject({ 1: 100_000, 2: 100_000 });
    meter.tick(440);
    expect(meter.read(441)[1]).toBeLessThan(2);
  });

  test('does not take a tick that is about to come for a stall', () => {
    const meter = new DelayMeter(0, 20);
    expect(meter.read(20.5)).toEqual([]);
    meter.tick(20.7);
    expect(encodedCount(meter.read(30))).toBe(1);
  });
});

describe('threadVitals()', () => {
  test('tells of a stall, of how busy the loop was, and of garbage that was collected', async () => {
    const vitals = threadVitals();
    closing.push(vitals.close);
    await realClock().until(millis(60));
    vitals.read();
    standStill(200);
    const garbage: object[] = [];
    for (let i = 0; i < 1_000_000; i++) garbage[i % 1000] = { i };
    const busy = vitals.read();
    expect(busy.delay[1]).toBeGreaterThan(170_000);
    expect(busy.utilisation).toBeGreaterThan(0.9);
    await realClock().until(millis(400));
    const idle = vitals.read();
    expect(idle.collecting).toBeGreaterThan(0);
    expect(idle.utilisation).toBeLessThan(busy.utilisation);
  });
});

test('a stall of the load thread makes a run against a real server invalid, and the second is named', async () => {
  const server = await startMockServer({ latency: '5ms' });
  closing.push(() => server.close());
  const plan = planFor(profileOf('users: 40\nspawn_rate: 100/s\nrun_time: 5s\n'), {
    think: { min: millis(60), max: millis(100) },
    stopTimeout: seconds(5),
  });
  const clock = realClock();
  const vitals = threadVitals();
  closing.push(vitals.close);
  const transport = httpTransport({ origin: server.address, clock, tls: { insecure: false, ca: null } });
  const world = { clock, random: seededRandom('stall'), transport, stop: new RunStop(), vitals };
  closing.push(() => transport.close());
  const fold = new RunFold(plantHeader({ profile: plan.profile, thresholds: [{ text: 'p99<5s', source: 'option' }] }));
  const told: SecondEvent[] = [];
  void clock.until(millis(1300)).then(() => standStill(400));
  for await (const event of runSlice(plan, wholeRun, world)) {
    fold.add(event);
    if (event.kind === 'second') told.push(event);
  }
  expect(fold.tally(null).requests).toBeGreaterThan(300);
  expect(told[1]?.threads[0]?.delay[1]).toBeGreaterThan(370_000);
  const verdict = judge(fold);
  expect(verdict).toMatchObject({ outcome: 'invalid', exitCode: 4 });
  expect(verdict.sentence).toMatch(
    /^Invalid: the p99 .* the load thread stood still for (up to )?([3-9]\d\d|\d \d{3}) ms .*0:01/,
  );
});
