import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { SqloadError } from '../core/errors.ts';
import { defaultThresholds, mergeThresholds, parseThreshold, sessionRow } from './threshold.ts';

const rows = [
  { id: 'health', weight: 1 },
  { id: 'initial', weight: 3 },
  { id: 'follow-up', weight: 5 },
];

const p = (quantile: number) => ({ kind: 'percentile', quantile });

function refusal(call: () => unknown): string {
  try {
    call();
  } catch (error) {
    if (error instanceof SqloadError && error.exitCode === 2) return `${error.message} ${error.hint}`.trimEnd();
    throw error;
  }
  throw new Error('nothing was refused');
}

describe('parseThreshold()', () => {
  test.each([
    ['p95<500ms', null, p(0.95), '<', 500],
    ['p99.9 <= 1.5s', null, p(0.999), '<=', 1500],
    ['follow-up.p99<=2s', 'follow-up', p(0.99), '<=', 2000],
    ['follow-up.p99.9<1m', 'follow-up', p(0.999), '<', 60_000],
    ['p50>0s', null, p(0.5), '>', 0],
    ['p100<1s', null, { kind: 'max' }, '<', 1000],
    ['max<1s500ms', null, { kind: 'max' }, '<', 1500],
    ['mean < 200 ms', null, { kind: 'avg' }, '<', 200],
    [' initial . avg < 200ms ', 'initial', { kind: 'avg' }, '<', 200],
    ['error_rate<1%', null, { kind: 'error_rate' }, '<', 0.01],
    ['error_rate<0.01', null, { kind: 'error_rate' }, '<', 0.01],
    ['error_rate<=0', null, { kind: 'error_rate' }, '<=', 0],
    ['error_rate<=100%', null, { kind: 'error_rate' }, '<=', 1],
    ['rps>100', null, { kind: 'rps' }, '>', 100],
    ['health.rps>=0.5/s', 'health', { kind: 'rps' }, '>=', 0.5],
    ['rps > 100 /s', null, { kind: 'rps' }, '>', 100],
    ['initial.count>=50', 'initial', { kind: 'count' }, '>=', 50],
    ['cpu<70%', null, { kind: 'cpu' }, '<', 0.7],
    ['memory<0.7', null, { kind: 'memory' }, '<', 0.7],
  ])('reads %j', (text, row, metric, op, limit) => {
    expect(parseThreshold(text, 'option', rows)).toMatchObject({ row, metric, op, limit, source: 'option' });
  });

  test('keeps the text and the name of the metric as written, with the spaces made plain', () => {
    const { text, metricName } = parseThreshold('  health.mean \n <  1s ', 'scenario', rows);
    expect({ text, metricName }).toEqual({ text: 'health.mean < 1s', metricName: 'mean' });
  });

  test.each([
    ['p95', 'it compares nothing. Write p95, then <, <=, > or >=, then the limit, in quotes'],
    ['', 'it compares nothing. Write p95, then'],
    ['p95=500ms', '"=" is no comparison. A limit is set with <, <=, > or >=.'],
    ['p95=<500ms', 'Did you mean <=?'],
    ['rps≥5', 'Did you mean >=?'],
    ['1s<p95<2s', 'there is no metric "1s"'],
    ['p95<1s<2s', 'its limit must be a duration'],
    ['p95<500', 'a response time needs a unit. Did you mean p95<500ms?'],
    ['follow-up.max<=2', 'Did you mean follow-up.max<=2ms?'],
    ['p95<5x', 'must be a duration like "30s", "250ms" or "1h30m", got "5x". Did you mean p95<500ms?'],
    ['p95<', 'its limit is missing. Did you mean p95<500ms?'],
    ['p95<0ms', 'nothing is ever below 0.'],
    ['p95<-5ms', 'got "-5ms"'],
    ['p101<1s', 'there is no percentile 101. Percentiles go from above p0 to p100.'],
    ['p0<1s', 'there is no percentile 0.'],
    ['P95<1s', 'there is no metric "P95". Did you mean p95?'],
    ['p99.9.9<1s', 'there is no metric "p99.9.9". Did you mean p99.9?'],
    ['error-rate<1%', 'Did you mean error_rate? The metrics are p50 to p99.9, avg, max, error_rate, rps, count, cpu'],
    ['failures<1%', 'Did you mean error_rate?'],
    ['median<1s', 'Did you mean p50?'],
    ['wobble<1s', 'there is no metric "wobble". The metrics are'],
    ['<1s', 'it names no metric. The metrics are'],
    ['followup.p95<1s', 'there is no row "followup". Did you mean follow-up? The rows are health, initial, follow-up;'],
    ['health.p95.p99<1s', 'there is no metric "p95.p99"'],
    [
      'initial.cpu<70%',
      'cpu is measured of the server and not by row. Leave "initial." out, or put the name of a monitor there.',
    ],
    ['.cpu<70%', 'cpu is measured of the server'],
    ['error_rate<1', '"1" could be a share or a percentage. Did you mean error_rate<1%?'],
    ['cpu<70', 'Did you mean cpu<70%?'],
    ['error_rate<120%', '120% is more than everything. Did you mean error_rate<1%?'],
    ['error_rate<1s', 'its limit must be a share like 1% or 0.01, got "1s". Did you mean error_rate<1%?'],
    ['error_rate<0%', 'nothing is ever below 0. Did you mean error_rate<=0%?'],
    ['rps>many', 'its limit must be a rate like 100/s, got "many". Did you mean rps>100/s?'],
    ['rps>100/m', 'got "100/m"'],
    [`rps>${'9'.repeat(400)}`, 'its limit must be a rate like 100/s'],
    ['count>1.5', 'its limit must be a whole number, got "1.5". Did you mean count>50?'],
  ])('refuses %j and says what to do', (text, words) => {
    const said = refusal(() => parseThreshold(text, 'option', rows));
    expect(said).toContain(`Cannot read the threshold "${text}": `);
    expect(said).toContain(words);
  });

  test('reads any text or refuses it as wrong usage', () => {
    const piece = fc.constantFrom(
      'p',
      '9',
      '.',
      'p95',
      'health',
      'rps',
      'error_rate',
      '<',
      '>=',
      ' ',
      '1',
      's',
      '%',
      '-',
    );
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string(),
          fc.array(piece).map((parts) => parts.join('')),
        ),
        (text) => {
          try {
            expect(parseThreshold(text, 'option', rows).limit).toBeGreaterThanOrEqual(0);
          } catch (error) {
            expect(error).toBeInstanceOf(SqloadError);
          }
        },
      ),
    );
  });

  test('reads every percentile as the decimal number that is written', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 999 }), (permille) => {
        const written = `p${permille / 10}<1s`;
        expect(parseThreshold(written, 'option', rows).metric).toEqual(p(permille / 1000));
      }),
    );
  });

  test('reads a threshold again from its own text', () => {
    for (const text of defaultThresholds) {
      const once = parseThreshold(text, 'default', rows);
      expect(parseThreshold(once.text, 'default', rows)).toEqual(once);
    }
  });
});

describe('parseThreshold() where there may be sessions', () => {
  const known = [...rows, sessionRow];

  test.each([
    ['session.error_rate<5%', { kind: 'error_rate' }, 0.05],
    ['session.p95<2s', p(0.95), 2000],
    ['session.avg<2s', { kind: 'avg' }, 2000],
    ['session.max<2s', { kind: 'max' }, 2000],
    ['session.count<50', { kind: 'count' }, 50],
  ])('reads %j', (text, metric, limit) => {
    expect(parseThreshold(text, 'option', known)).toMatchObject({ row: 'session', metric, limit });
  });

  test('refuses a throughput of sessions, and where there are none all limits on them', () => {
    const read = (text: string, among: readonly { id: string }[]) =>
      refusal(() => parseThreshold(text, 'option', among));
    expect(read('session.rps>5', known)).toContain('Limit session.error_rate, session.count or a time');
    expect(read('session.p95<1s', rows)).toContain('there are no sessions to set up. Only the dialects of MCP have');
    expect(read('sessions.p95<1s', known)).toContain('Did you mean session? The rows are health, initial, follow-up;');
    expect(read('x.p95<1s', known)).toContain('for all of them together; session is for the set-ups of sessions.');
    expect(read('x.p95<1s', rows)).not.toContain('session');
  });
});

describe('mergeThresholds()', () => {
  const merge = (parts: Partial<Parameters<typeof mergeThresholds>[0]>) =>
    mergeThresholds({ defaults: true, scenario: [], option: [], rows, ...parts }).map((t) => `${t.source} ${t.text}`);

  test("gives the guide's criteria when nothing else is asked for", () => {
    expect(merge({})).toEqual([
      'default p95<500ms',
      'default rps>100',
      'default error_rate<1%',
      'default cpu<70%',
      'default memory<70%',
    ]);
  });

  test('replaces by row and metric: a default by any of one’s own, one of the scenario by an option', () => {
    expect(
      merge({
        scenario: ['p95<1s', 'health.p95<100ms', 'mean<300ms', 'p100<9s'],
        option: ['p95.0<=2s', 'avg<400ms', 'max<8s'],
      }),
    ).toEqual([
      'default rps>100',
      'default error_rate<1%',
      'default cpu<70%',
      'default memory<70%',
      'scenario health.p95<100ms',
      'option p95.0<=2s',
      'option avg<400ms',
      'option max<8s',
    ]);
  });

  test('takes limits on sessions where there may be some', () => {
    const option = ['session.error_rate<5%'];
    expect(merge({ defaults: false, option, sessions: true })).toEqual(['option session.error_rate<5%']);
    expect(merge({ scenario: ['session.error_rate<9%'], option, sessions: true })).not.toContain(
      'scenario session.error_rate<9%',
    );
    expect(refusal(() => merge({ option }))).toContain('there are no sessions');
    expect(refusal(() => merge({ option, sessions: false }))).toContain('there are no sessions');
  });

  test('keeps several limits from one source, and drops the same text given twice', () => {
    expect(merge({ defaults: false, option: ['rps>5', 'rps<50', 'rps>5'] })).toEqual(['option rps>5', 'option rps<50']);
  });

  test('holds nothing when nothing is asked for', () => {
    expect(merge({ defaults: false })).toEqual([]);
  });

  test.each([
    ['cpu<70%', 'Cannot use the threshold "cpu<70%": no monitor is configured that measures cpu.'],
    ['memory<70%', 'no monitor is configured that measures memory.'],
    ['health.p95<1s', 'the mix has no health. Give health a weight with --mix, or leave the threshold out.'],
  ])('refuses %j of one’s own when nothing can measure it', (text, words) => {
    const without = rows.map(({ id, weight }) => ({ id, weight: id === 'health' ? 0 : weight }));
    expect(refusal(() => merge({ option: [text], rows: without }))).toContain(words);
    expect(refusal(() => merge({ scenario: [text], rows: without }))).toContain(words);
  });

  test('names every problem at once, those of a file with their place', () => {
    const said = refusal(() =>
      merge({ scenario: [{ text: 'p95<5', where: 'spike.yaml:14:5' }, 'cpu<1%'], option: ['rsp>1', 'p99<1s'] }),
    );
    expect(said.split('\n')).toEqual([
      '3 thresholds cannot be used:',
      expect.stringMatching(/^ {2}Cannot read the threshold "rsp>1": there is no metric "rsp"\. Did you mean rps\?/),
      '  spike.yaml:14:5 Cannot read the threshold "p95<5": a response time needs a unit. Did you mean p95<5ms?',
      expect.stringMatching(/^ {2}Cannot use the threshold "cpu<1%": no monitor/),
    ]);
  });

  test('checks a threshold of the scenario that an option replaces', () => {
    expect(refusal(() => merge({ scenario: ['p95<5'], option: ['p95<1s'] }))).toContain('needs a unit');
  });
});
