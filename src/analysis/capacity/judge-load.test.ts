import { describe, expect, test } from 'vitest';
import { mcpSessionRows, type PlantedRun, plantHeader, plantRecord, plantSetUp } from '../../testing/record-builder.ts';
import { profileOf } from '../../testing/virtual-run.ts';
import { judgeLoad } from './judge-load.ts';

// The steady window is second 10 to 70.
const profile = profileOf('{ users: 10, spawn_rate: 1/s, run_time: 70s }');

/** Ten fast requests in each second, and what else there is. */
function judged(texts: readonly string[], more: Partial<PlantedRun> = {}) {
  const requests = Array.from({ length: 690 }, (_, i) => ({ row: 1, at: i / 10, ms: 50 + (i % 7) }));
  const header = { profile, thresholds: texts.map((text) => ({ text, source: 'option' as const })), ...more.header };
  const record = plantRecord({ ...more, requests, header: plantHeader(header) });
  return judgeLoad(record.header, record.events());
}

const timed = (...times: readonly number[]) => ({ timed: () => ({ lookup: times }) });

describe('judgeLoad()', () => {
  test('holds what hooks time against its limit like response times', () => {
    const limits = ['p95<500ms', 'custom.lookup.p50<50ms'];
    expect(judged(limits, timed(20, 21, 22))).toMatchObject({ outcome: 'holds', unsure: [] });
    expect(judged(limits, timed(20, 80, 90))).toMatchObject({ outcome: 'breaks', limit: 'custom.lookup.p50<50ms' });
    expect(judged(['p95<500ms', 'custom.lookup.avg<50ms'], timed(20, 80, 90))).toMatchObject({ outcome: 'breaks' });
  });

  test('asks for no more of it than there is: too little can break a load, and is named', () => {
    const limits = ['p95<500ms', 'custom.lookup.p95<50ms'];
    const some = (ms: number) => ({ timed: (second: number) => (second % 4 === 0 ? { lookup: [ms] } : {}) });
    expect(judged(limits)).toMatchObject({ outcome: 'holds', unsure: ['custom.lookup.p95<50ms'] });
    expect(judged(limits, some(20))).toMatchObject({ outcome: 'holds', unsure: ['custom.lookup.p95<50ms'] });
    expect(judged(limits, some(90))).toMatchObject({ outcome: 'breaks', limit: 'custom.lookup.p95<50ms' });
    expect(judged(['custom.lookup.p95<50ms'], some(20))).toMatchObject({ outcome: 'undecided' });
    expect(judged(['custom.lookup.p95<50ms'])).toMatchObject({ outcome: 'undecided', limit: null });
  });

  test('of set-ups of sessions those count that come while the load stands', () => {
    const busy = ['http-5xx', 503] as const;
    const sessions = (from: number, to: number) => ({
      header: { sessionRows: mcpSessionRows },
      sessions: Array.from({ length: 10 * (to - from) }, (_, i) => plantSetUp(from + i / 10, 5, busy)).flat(),
    });
    const limits = ['p95<500ms', 'session.error_rate<5%'];
    const climb = sessions(0, 8);
    const late = Array.from({ length: 30 }, () => plantSetUp(9.9, 500, busy)).flat();
    const both = { ...climb, sessions: [...climb.sessions, ...late, ...plantSetUp(9, 5)] };
    expect(judged(limits, both)).toMatchObject({ outcome: 'holds', unsure: ['session.error_rate<5%'] });
    const refused = sessions(30, 60);
    const one = { ...refused, sessions: [...plantSetUp(1, 5), ...refused.sessions] };
    expect(judged(limits, one)).toMatchObject({ outcome: 'breaks', limit: 'session.error_rate<5%' });
  });
});
