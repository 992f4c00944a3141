import { expect, test } from 'vitest';
import { foldRecord } from '../record/fold.ts';
import { emptyRun, failingRun } from '../testing/planted-runs.ts';
import { plantRecord, tenSeconds } from '../testing/record-builder.ts';
import { thresholdsCsv } from './thresholds-csv.ts';

test('thresholdsCsv() has a line per threshold with window, interval and reason', () => {
  const { record, verdict } = failingRun();
  const [header, p95, errors] = thresholdsCsv(foldRecord(record), verdict).split('\r\n');
  expect(header).toBe(
    'threshold,row,metric,operator,limit,measured,unit,interval_low,interval_high,samples,samples_needed,' +
      'window_start_s,window_end_s,source,verdict,reason',
  );
  expect(p95).toMatch(/^p95<500ms,,p95,<,500,inf,ms,,,145,59,2,10,default,failed,"22 %/);
  expect(errors).toMatch(/^error_rate<1%,,error_rate,<,1,22.07,%,16.1,29.5,145,299,2,10,default,failed,even/);
});

test('thresholdsCsv() leaves cells empty where nothing was measured and where there is no window', () => {
  const { verdict } = emptyRun();
  const record = plantRecord({ requests: [], header: { profile: { ...tenSeconds, steady: null } } });
  expect(thresholdsCsv(foldRecord(record), verdict).split('\r\n')[1]).toBe(
    'p95<500ms,,p95,<,500,,ms,,,0,59,,,option,inconclusive,nothing was measured',
  );
});
