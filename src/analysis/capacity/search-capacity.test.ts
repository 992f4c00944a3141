import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type LoadTrial, searchCapacity, type TrialPurpose } from './search-capacity.ts';

const options = { start: 50, most: 10_000, precision: 0.05 };

const trial = (users: number, outcome: LoadTrial['outcome'], leans: 'holds' | 'breaks' = 'holds'): LoadTrial => {
  const sure = { holds: { holds: 1e-6, breaks: 1 }, breaks: { holds: 1, breaks: 1e-6 } };
  const open = leans === 'holds' ? { holds: 0.3, breaks: 0.7 } : { holds: 0.7, breaks: 0.3 };
  const chance = outcome === 'holds' || outcome === 'breaks' ? sure[outcome] : open;
  return {
    users,
    outcome,
    leans: outcome === 'holds' || outcome === 'breaks' ? outcome : leans,
    chance,
    requests: 500,
  };
};

/** A server that holds up to `truth`, and of which nobody can be sure within `blur` users of it. */
function server(truth: number, blur = 0) {
  const tried: [number, TrialPurpose][] = [];
  return {
    tried,
    async tryLoad(users: number, purpose: TrialPurpose): Promise<LoadTrial | null> {
      tried.push([users, purpose]);
      const side = users <= truth ? 'holds' : 'breaks';
      return trial(users, Math.abs(users - truth - 0.5) < blur ? 'undecided' : side, side);
    },
  };
}

describe('searchCapacity()', () => {
  test('doubles, bisects, and confirms both ends', async () => {
    const { tryLoad, tried } = server(217);
    const found = await searchCapacity(tryLoad, options);
    expect(tried).toEqual([
      [50, 'look'],
      [100, 'look'],
      [200, 'look'],
      [400, 'look'],
      [300, 'look'],
      [250, 'look'],
      [225, 'look'],
      [213, 'look'],
      [219, 'look'],
      [213, 'confirm'],
      [219, 'confirm'],
    ]);
    expect(found).toEqual({
      ...{ holds: 213, breaks: 219, kind: 'found', edges: [], over: null, confirmed: true, contradicted: [] },
    });
  });

  test('the answer holds the truth and is narrow, whatever the truth, the start and the precision', async () => {
    const cases = fc.tuple(
      fc.integer({ min: 1, max: 9999 }),
      fc.integer({ min: 1, max: 10_000 }),
      fc.double({ min: 0.01, max: 0.5, noNaN: true }),
    );
    await fc.assert(
      fc.asyncProperty(cases, async ([truth, start, precision]) => {
        const { tryLoad, tried } = server(truth);
        const { holds, breaks, kind } = await searchCapacity(tryLoad, { start, most: 10_000, precision });
        expect(kind).toBe('found');
        expect(holds).toBeLessThanOrEqual(truth);
        expect(breaks).toBeGreaterThan(truth);
        expect((breaks ?? 0) - (holds ?? 0)).toBeLessThanOrEqual(Math.max(1, precision * (breaks ?? 0)));
        expect(tried.length).toBeLessThan(40);
      }),
    );
  });

  test('looks for longer at what is undecided, and goes on below and above it', async () => {
    const { tryLoad, tried } = server(217, 20);
    const { holds, breaks, edges, kind } = await searchCapacity(tryLoad, options);
    expect(tried).toContainEqual([200, 'longer']);
    expect(kind).toBe('found');
    expect(holds).toBeGreaterThanOrEqual(180);
    expect(holds).toBeLessThan(198);
    expect(breaks).toBeGreaterThan(237);
    expect(breaks).toBeLessThanOrEqual(252);
    expect(edges).toContain(200);
  });

  test('a repeat that points the other way widens the answer', async () => {
    const { tryLoad } = server(217);
    const lying = async (users: number, purpose: TrialPurpose) =>
      users === 213 && purpose === 'confirm' ? trial(users, 'undecided', 'breaks') : tryLoad(users, purpose);
    const found = await searchCapacity(lying, options);
    expect(found).toMatchObject({ holds: 207, breaks: 219, contradicted: [213], edges: [213], confirmed: true });
  });

  test('says when nothing broke, when even one user breaks it, and when nothing could be decided', async () => {
    expect(await searchCapacity(server(20_000).tryLoad, options)).toMatchObject({
      kind: 'nothing-broke',
      holds: 10_000,
    });
    expect(await searchCapacity(server(0).tryLoad, options)).toMatchObject({ kind: 'always-breaks', breaks: 1 });
    const blurred = async (users: number) => trial(users, 'undecided');
    expect(await searchCapacity(blurred, options)).toMatchObject({ kind: 'undecided', holds: null, breaks: null });
  });

  test('ended before an invalid trial was played again, the generator is why nothing is known, and nothing is confirmed', async () => {
    const answers = [trial(50, 'invalid'), null];
    const none = await searchCapacity(async () => answers.shift() ?? null, options);
    expect(none).toMatchObject({ kind: 'generator', holds: null, breaks: null, confirmed: false });
    const atOnce = await searchCapacity(async () => null, options);
    expect(atOnce).toMatchObject({ kind: 'stopped', confirmed: false });
  });

  test('an invalid trial is played once more, and then ends the search', async () => {
    const { tryLoad } = server(20_000);
    let invalid = 0;
    const limited = async (users: number, purpose: TrialPurpose) => {
      if (users < 400) return tryLoad(users, purpose);
      invalid += 1;
      return trial(users, 'invalid');
    };
    expect(await searchCapacity(limited, options)).toMatchObject({ kind: 'generator', holds: 200, breaks: null });
    expect(invalid).toBe(2);
  });

  test('ends with what is known when there is no more time', async () => {
    const stopAfter = (count: number) => {
      const { tryLoad } = server(217);
      let left = count;
      return async (users: number, purpose: TrialPurpose) => (left-- > 0 ? tryLoad(users, purpose) : null);
    };
    expect(await searchCapacity(stopAfter(2), options)).toMatchObject({ kind: 'stopped', holds: 100, breaks: null });
    expect(await searchCapacity(stopAfter(5), options)).toMatchObject({
      ...{ kind: 'found', holds: 200, breaks: 300, over: 'stopped', confirmed: false },
    });
  });
});
