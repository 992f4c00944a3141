import { describe, expect, test } from 'vitest';
import type { ThresholdText } from '../record/record.ts';
import { mcpSessionRows, plantHeader } from '../testing/record-builder.ts';
import { runThresholds } from './run-thresholds.ts';
import { defaultThresholds } from './threshold.ts';

const texts = (source: ThresholdText['source'], ...written: string[]) => written.map((text) => ({ text, source }));
const held = (thresholds: readonly ThresholdText[], sessionRows = mcpSessionRows): string[] =>
  runThresholds(plantHeader({ thresholds, sessionRows })).map(({ source, text }) => `${source} ${text}`);

describe('runThresholds()', () => {
  test('are those of the header where there are no sessions', () => {
    expect(held(texts('default', ...defaultThresholds), [])).toEqual(
      defaultThresholds.map((text) => `default ${text}`),
    );
  });

  test('hold set-ups of sessions to the limit on the errors of all rows', () => {
    expect(held(texts('default', ...defaultThresholds))).toEqual([
      'default p95<500ms',
      'default rps>100',
      'default error_rate<1%',
      'default session.error_rate<1%',
      'default cpu<70%',
      'default memory<70%',
    ]);
    expect(held(texts('option', 'error_rate <= 5%'))).toEqual([
      'option error_rate <= 5%',
      'default session.error_rate <= 5%',
    ]);
  });

  test('leave set-ups alone where nobody limits errors, or only those of a row, or from below', () => {
    const own = texts('option', 'p95<1s', 'initial.error_rate<1%', 'error_rate>20%');
    expect(held(own)).toEqual(own.map(({ text }) => `option ${text}`));
  });

  test('hold them to a limit of their own instead', () => {
    const own = texts('option', 'error_rate<1%', 'session.error_rate<20%');
    expect(held(own)).toEqual(own.map(({ text }) => `option ${text}`));
    expect(held([...texts('default', 'error_rate<1%'), ...texts('option', 'session.p95<1s')])).toEqual([
      'default error_rate<1%',
      'default session.error_rate<1%',
      'option session.p95<1s',
    ]);
  });
});
