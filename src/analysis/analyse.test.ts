import { describe, expect, test } from 'vitest';
import { seconds } from '../core/units.ts';
import { foldRecord } from '../record/fold.ts';
import type { RecordHeader, RunRecord } from '../record/record.ts';
import { readSeries } from '../record/series.ts';
import { plantHeader, plantRecord } from '../testing/record-builder.ts';
import type { SimulatedServerOptions } from '../testing/simulated-server.ts';
import { planFor, playVirtually, presetProfile } from '../testing/virtual-run.ts';
import { judge } from '../verdict/judge.ts';
import type { Verdict } from '../verdict/verdict.ts';
import type { LoadProfile } from '../workload/load-profile.ts';
import { analyse } from './analyse.ts';

const thresholds: RecordHeader['thresholds'] = ['p95<500ms', 'error_rate<1%'].map((text) => ({
  text,
  source: 'default',
}));

async function recordOf(profile: LoadProfile, server: Partial<SimulatedServerOptions> = {}): Promise<RunRecord> {
  const { fold, events } = await playVirtually(planFor(profile), { seed: '1', server: { seed: '1', ...server } });
  return { header: { ...fold.header, thresholds }, events: () => events };
}

function meaningOf(record: RunRecord, more: Partial<Verdict> = {}) {
  const fold = foldRecord(record);
  return analyse(readSeries(record), fold, { ...judge(fold), ...more });
}

const answers = (findings: ReturnType<typeof analyse>) => findings.map(({ id, outcome }) => `${id} ${outcome}`);

describe('analyse()', () => {
  test('answers what the scenario asks first, then what the numbers show of the server', async () => {
    const climb = await recordOf(presetProfile('ramp', { users: 200, climb: seconds(240), runTime: seconds(300) }), {
      capacity: 3,
    });
    const [breaking, knee, ...others] = meaningOf(climb);
    expect([breaking?.outcome, knee?.outcome]).toEqual(['shown', 'shown']);
    expect(breaking?.sentence).toMatch(/from \d+ users \(2\d requests\/s\) on, p95 < 500 ms did not hold/i);
    expect(knee?.sentence).toMatch(/^Throughput follows the load up to 2\d\.\d requests\/s /);
    expect(others.every(({ kind, outcome }) => kind !== 'breaking-point' && outcome !== 'undecided')).toBe(true);
    expect(others.at(-1)?.kind).toBe('diagnosis');
  });

  test('asks a surge whether the server recovered, and a steady load whether it drifts', async () => {
    const surge = meaningOf(await recordOf(presetProfile('spike', { users: 100 })));
    expect(surge[0]?.kind).toBe('recovery');
    const steady = meaningOf(await recordOf(presetProfile('sustained', { users: 50, runTime: seconds(300) })));
    expect(answers(steady)).toEqual(['drift not-shown']);
    const brief = meaningOf(await recordOf(presetProfile('sustained', { users: 50, runTime: seconds(60) })));
    expect(brief.map(({ kind, outcome }) => [kind, outcome])).toEqual([['drift', 'undecided']]);
  });

  test('asks nothing of numbers that are not those of a server under the whole load', () => {
    const record = plantRecord({ requests: [{ row: 1, at: 3, ms: 100 }] });
    expect(meaningOf(record)).not.toEqual([]);
    expect(meaningOf(record, { outcome: 'invalid' })).toEqual([]);
    expect(meaningOf(plantRecord({ requests: [] }))).toEqual([]);
    const slices = { count: 2, parts: [{ index: 0, startedAt: record.header.startedAt }] };
    expect(meaningOf({ ...record, header: plantHeader({ slices }) })).toEqual([]);
  });
});
