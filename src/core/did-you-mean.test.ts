import { expect, test } from 'vitest';
import { didYouMean } from './did-you-mean.ts';

const names = ['users', 'run-time', 'spawn-rate', 'csv'];

test.each([
  ['usres', 'users'],
  ['user', 'users'],
  ['runtime', 'run-time'],
  ['RUN-TIME', 'run-time'],
  ['spawnrate', 'spawn-rate'],
  ['cvs', 'csv'],
])('didYouMean() finds the name meant by "%s"', (typed, meant) => {
  expect(didYouMean(typed, names)).toBe(meant);
});

test.each(['x', 'monitor', '', 'threshold'])('didYouMean() has nothing to offer for "%s"', (typed) => {
  expect(didYouMean(typed, names)).toBeNull();
});

test('didYouMean() takes the nearest of several', () => {
  expect(didYouMean('mock-fault', ['mock-default', 'mock-fault', 'mock-faults'])).toBe('mock-fault');
});
