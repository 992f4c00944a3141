import { describe, expect, test } from 'vitest';
import { SqloadError } from '../core/errors.ts';
import { parseFailOn } from './parse-fail-on.ts';

describe('parseFailOn()', () => {
  test('reads a share of the baseline, percentage points and spans, of all rows or of one', () => {
    expect(parseFailOn('p95:10%, error_rate:0.5pp,follow-up.p99:30ms,initial.p50:0.2s,db.cpu:15%')).toEqual([
      { text: 'p95:10%', row: null, metric: 'p95', kind: 'relative', amount: 0.1 },
      { text: 'error_rate:0.5pp', row: null, metric: 'error_rate', kind: 'absolute', amount: 0.005 },
      { text: 'follow-up.p99:30ms', row: 'follow-up', metric: 'p99', kind: 'absolute', amount: 30 },
      { text: 'initial.p50:0.2s', row: 'initial', metric: 'p50', kind: 'absolute', amount: 200 },
      { text: 'db.cpu:15%', row: 'db', metric: 'cpu', kind: 'relative', amount: 0.15 },
    ]);
  });

  test('takes 0 as any certain change for the worse, and a name with dots as that of a row', () => {
    expect(parseFailOn('throughput:0%')).toMatchObject([{ metric: 'throughput', amount: 0 }]);
    expect(parseFailOn('api.v2.p95:5%')).toMatchObject([{ row: 'api.v2', metric: 'p95' }]);
    expect(parseFailOn('Aggregated.p95:5%')).toMatchObject([{ row: null }]);
  });

  test.each([
    ['p95', /"p95" of --fail-on: it has no amount/, 'p95:10%'],
    ['', /it has no amount/, 'p95:10%'],
    ['p95:10', /no unit/, 'p95:10%'],
    ['p95:ten%', /must be like 10%, got "ten%"/, 'span'],
    ['p95:-5%', /must be like 10%/, 'span'],
    ['rps:10%', /no metric "rps"/, 'throughput'],
    ['p59:10%', /no metric "p59"/, 'p95'],
    ['throughput:3ms', /ms is no unit of throughput/, '10%'],
    ['p95:1pp', /pp is no unit of p95/, 'span'],
    ['.p95:10%', /its row has no name/, 'p95:10%'],
    ['p95:10%,p95:5%', /limits p95 twice/, ''],
  ])('refuses %j and says what is wrong', (text, problem, hint) => {
    const thrown = (() => {
      try {
        return parseFailOn(text);
      } catch (error) {
        return error;
      }
    })();
    expect(thrown).toBeInstanceOf(SqloadError);
    expect(thrown).toMatchObject({ exitCode: 2, message: expect.stringMatching(problem) });
    expect(thrown instanceof SqloadError && thrown.hint).toContain(hint);
  });
});
