import { describe, expect, test } from 'vitest';
import { millis } from '../../core/units.ts';
import { presetProfile, profileOf } from '../../testing/virtual-run.ts';
import { findSurge } from './surge.ts';

describe('findSurge()', () => {
  test('finds the surge of the spike preset, from the climb until the load is back', () => {
    expect(findSurge(presetProfile('spike'))).toEqual({
      baseline: { start: 1, end: 60 },
      surge: { start: 60, end: 180 },
      after: { start: 180, end: 300 },
      height: '500 users',
    });
  });

  test('finds that of the preset in half a minute, and none between steps of a few seconds', () => {
    expect(findSurge(presetProfile('spike', { runTime: millis(30_000) }))).toMatchObject({
      baseline: { start: 1, end: 6 },
      after: { start: 18, end: 30 },
    });
    expect(findSurge(presetProfile('spike', { runTime: millis(20_000) }))).toBeNull();
  });

  test('finds one of open load', () => {
    const yaml = `
name: rush
rate: 40/s
phases:
  - { name: calm, rate: 25%, for: 1m }
  - { name: rush, rate: 100%, for: 1m }
  - { name: calm again, rate: 25%, for: 1m }
`;
    expect(findSurge(profileOf(yaml))).toMatchObject({
      baseline: { start: 0, end: 60 },
      surge: { start: 60, end: 120 },
      after: { start: 120, end: 180 },
      height: '40 conversations/s',
    });
  });

  test('finds none where the load only climbs, stands, or does not come back', () => {
    expect(findSurge(presetProfile('ramp'))).toBeNull();
    expect(findSurge(presetProfile('sustained'))).toBeNull();
    const stays = `
name: steps
users: 100
spawn_rate: 20/s
phases:
  - { name: low, users: 10%, for: 1m }
  - { name: high, users: 100%, for: 1m }
  - { name: middle, users: 40%, for: 1m }
`;
    expect(findSurge(profileOf(stays))).toBeNull();
  });
});
