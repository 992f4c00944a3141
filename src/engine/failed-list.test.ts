import { expect, test } from 'vitest';
import { failure } from '../core/failure.ts';
import { createRedactor } from '../core/redactor.ts';
import { seconds } from '../core/units.ts';
import type { FailuresEvent } from '../record/hooks-event.ts';
import { planFor, playVirtually, profileOf } from '../testing/virtual-run.ts';
import { FailedList } from './failed-list.ts';

const sample = { row: 1, due: seconds(1), ended: seconds(1.25) } as Parameters<FailedList['add']>[0];

test('FailedList tells failures redacted and on one line, a thousand at most', () => {
  let looked = 0;
  const redact = createRedactor(['hush-hush']);
  const list = new FailedList((text) => {
    looked += 1;
    return redact(text);
  });
  for (let i = 0; i < 1500; i++) list.add(sample, failure('http-5xx', 'no\nhush-hush', 503), false);
  const told = list.take(1);
  expect(told?.failures).toHaveLength(1000);
  expect(told?.untold).toBe(500);
  expect(told?.failures[0]).toEqual({
    session: false,
    row: 1,
    failure: 'http-5xx',
    status: 503,
    at: 1250,
    responseTime: 250,
    text: 'no [redacted]',
  });
  // The same text is looked through once.
  expect(looked).toBe(1);
  expect(list.take(2)).toBe(null);
});

test('runSlice() tells failed requests one by one only when somebody listens, each before its second', async () => {
  const profile = profileOf('name: brief\nusers: 20\nspawn_rate: 10/s\nrun_time: 20s\n');
  const server = { faults: ['500:30%'] };
  const quiet = await playVirtually(planFor(profile), { server });
  const told = await playVirtually(planFor(profile, { everyFailure: true }), { server });
  const isFailures = (event: { readonly kind: string }): event is FailuresEvent => event.kind === 'failures';
  expect(quiet.events.some(isFailures)).toBe(false);
  const lines = told.events.filter(isFailures).flatMap(({ failures }) => failures);
  expect(lines).toHaveLength(told.fold.tally(null).failed.count);
  expect(lines.length).toBeGreaterThan(5);
  expect(told.events.filter((event) => !isFailures(event))).toEqual(quiet.events);
});
