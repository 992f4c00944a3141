import { describe, expect, test } from 'vitest';
import { seededRandom } from '../../core/random.ts';
import { millis } from '../../core/units.ts';
import { readSeries } from '../../record/series.ts';
import { type Planted, plantHeader, plantRecord, steadyRequests } from '../../testing/record-builder.ts';
import { drainedAfter, playSpike } from '../../testing/trials/recovery-trials.ts';
import { presetProfile, profileOf } from '../../testing/virtual-run.ts';
import type { LoadProfile } from '../../workload/load-profile.ts';
import { dueSeconds } from '../due-seconds.ts';
import { recovery } from './recovery.ts';

const preset = presetProfile('spike');

interface Course {
  readonly profile?: LoadProfile;
  /** A factor on the response time of a request that is due at a second. */
  readonly pace?: (second: number) => number;
  /** What it waits for besides, ms. */
  readonly wait?: (second: number) => number;
  readonly failing?: (second: number) => number;
}

/** The spike preset against a server that takes 50 to 150 ms: 10 requests/s, 100 from 60 s to 180 s. */
function spike({ profile = preset, pace = () => 1, wait = () => 0, failing = () => 0 }: Course): string {
  const random = seededRandom('spike');
  const requests: Planted[] = [];
  for (let at = 1; at < profile.seconds; at += at >= 60 && at < 180 ? 0.01 : 0.1) {
    const ms = (50 + 100 * random.next()) * pace(at) + wait(at);
    requests.push({ row: 0, at, ms, ...(random.next() < failing(at) ? { failed: ['http-5xx', 503] as const } : {}) });
  }
  const findings = recovery(readSeries(plantRecord({ header: { profile }, requests })));
  return findings.map(({ outcome, sentence }) => `${outcome}: ${sentence}`).join('\n');
}

const slow = (from: number, until: number) => (second: number) => (second >= from && second < until ? 3 : 1);

describe('recovery()', () => {
  test('tells when a slow server was back, and what it was like', () => {
    expect(spike({ pace: slow(62, 200) })).toMatchInlineSnapshot(
      `"shown: The server recovered 21 s (18–27) after the surge to 500 users was over: p95 and errors were back in the band of the baseline (p95 up to 175 ms; it was 145 ms before the surge), and stayed there. At worst, at 2:34, p95 was 445 ms and nothing failed; no request was lost until then."`,
    );
  });

  test('tells of a queue that grows by a fifth of a second each second, and then drains', () => {
    const wait = (second: number): number =>
      Math.max(0, second < 180 ? 200 * (second - 60) : 24_000 - 800 * (second - 180));
    expect(spike({ wait })).toMatchInlineSnapshot(
      `"shown: The server recovered 31 s (27–37) after the surge to 500 users was over: p95 and errors were back in the band of the baseline (p95 up to 175 ms; it was 145 ms before the surge), and stayed there. At worst, at 2:59, p95 was 24.1 s and nothing failed; no request was lost until then."`,
    );
  });

  test('tells of requests that were lost', () => {
    expect(spike({ failing: (second) => (second >= 70 && second < 195 ? 0.3 : 0) })).toMatchInlineSnapshot(
      `"shown: The server recovered 14 s (12–23) after the surge to 500 users was over: p95 and errors were back in the band of the baseline (p95 up to 175 ms; it was 145 ms before the surge), and stayed there. At worst, at 1:30, p95 was 147 ms and 39 % of requests failed; 3 316 requests were lost until then."`,
    );
  });

  test('says so when the server was as before from the end of the surge on', () => {
    expect(spike({ pace: slow(60, 180) })).toMatchInlineSnapshot(
      `"shown: The server recovered from the surge to 500 users as soon as it was over (within 8 s): p95 and errors were back in the band of the baseline (p95 up to 175 ms; it was 145 ms before the surge), and stayed there. At worst, at 1:00, p95 was 445 ms and nothing failed; no request was lost until then."`,
    );
    expect(spike({ pace: slow(90, 100) })).toMatchInlineSnapshot(
      `"shown: The server recovered from the surge to 500 users as soon as it was over (within 6 s): p95 and errors were back in the band of the baseline (p95 up to 175 ms; it was 145 ms before the surge), and stayed there. At worst, at 1:32, p95 was 443 ms and nothing failed; no request was lost until then."`,
    );
  });

  test('takes a relapse for not yet recovered', () => {
    expect(spike({ pace: (second) => Math.max(slow(60, 190)(second), slow(230, 240)(second)) })).toMatchInlineSnapshot(
      `"shown: The server recovered 1 min 1 s (58 s – 1 min 8 s) after the surge to 500 users was over: p95 and errors were back in the band of the baseline (p95 up to 175 ms; it was 145 ms before the surge), and stayed there. At worst, at 1:00, p95 was 445 ms and nothing failed; no request was lost until then."`,
    );
  });

  test('speaks of no half minute where there is less after the surge', () => {
    const short = {
      ...preset,
      seconds: 200,
      points: preset.points.map((point) => ({ ...point, at: millis(Math.min(point.at, 200_000)) })),
      phases: preset.phases.map((phase) => ({ ...phase, end: Math.min(phase.end, 200) })),
    };
    expect(spike({ profile: short, pace: slow(60, 400) })).toMatch(
      / after the surge to 500 users: since then p95 was 4\d\d ms/,
    );
  });

  test('says so when it never was, and when nothing disturbed it', () => {
    expect(spike({ pace: slow(60, 400) })).toMatchInlineSnapshot(
      `"shown: The server had not recovered when the run ended, 2 min after the surge to 500 users: in the last half minute p95 was 440 ms and nothing failed, outside of the band of the baseline (p95 up to 175 ms; it was 145 ms before the surge). At worst, from 3:40 to 3:46, p95 was 447 ms and nothing failed; no request was lost."`,
    );
    expect(spike({})).toMatchInlineSnapshot(
      `"not-shown: The surge to 500 users did not disturb the server: p95 was 145 ms in it and 145 ms (141–146) before, and nothing failed."`,
    );
    expect(spike({ failing: () => 0.01 })).toMatchInlineSnapshot(
      `"not-shown: The surge to 500 users did not disturb the server: p95 was 145 ms in it and 145 ms (141–146) before, errors 0.91 % and 0.63 %."`,
    );
  });

  test('is right in virtual time', { timeout: 120_000 }, async () => {
    const { findings, run } = await playSpike('1', { capacity: 8 });
    const time = findings[0]?.numbers.find(({ name }) => name === 'recovery_time');
    const truth = drainedAfter(run, 8);
    expect(truth).toBeGreaterThan(1);
    expect(time?.low).toBeLessThanOrEqual(truth);
    expect(time?.high).toBeGreaterThanOrEqual(truth);
  });

  test('says what is missing', () => {
    const run = (requests: Parameters<typeof plantRecord>[0]['requests'], at: number) =>
      recovery(
        readSeries(
          plantRecord({
            header: { profile: preset },
            ...{ requests, seconds: at },
            end: { kind: 'end', reason: 'interrupted', at: millis(at * 1000), started: requests.length },
          }),
        ),
      )
        .map((finding) => `${finding.outcome}: ${finding.sentence}`)
        .join('\n');
    expect(
      run(
        steadyRequests(0, [0, 300], 4, () => 100),
        300,
      ),
    ).toMatchInlineSnapshot(
      `"undecided: Whether the server recovers from the surge cannot be told: the baseline has 12 requests after its first seconds, and 59 are needed."`,
    );
    expect(
      run(
        steadyRequests(0, [0, 100], 0.1, () => 100),
        100,
      ),
    ).toMatchInlineSnapshot(
      `"undecided: Whether the server recovers from the surge cannot be told: the run ended before the surge was over."`,
    );
    const flat = profileOf('name: flat\nusers: 5\nspawn_rate: 5/s\nrun_time: 1m\n');
    expect(recovery(readSeries(plantRecord({ header: plantHeader({ profile: flat }), requests: [] })))).toEqual([]);
  });
});

describe('dueSeconds()', () => {
  test('puts each request back to the second in which it was due', () => {
    const requests = [
      { row: 0, at: 1.4, ms: 100 },
      { row: 0, at: 1.6, ms: 5000 },
      { row: 1, at: 2.5, ms: 4000, failed: ['timeout', 0] as const },
    ];
    const due = dueSeconds(readSeries(plantRecord({ requests })));
    expect(due.map(({ times, failed }) => times.length + failed).slice(0, 4)).toEqual([0, 2, 1, 0]);
    expect(due[2]?.failed).toBe(1);
  });
});
