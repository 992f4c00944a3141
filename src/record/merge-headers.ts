import type { RecordHeader, RecordSlices } from './record.ts';

/** Something in which two records differ, each value in words. */
export interface HeaderDifference {
  readonly what: string;
  readonly values: readonly [string, string];
}

/** Settings that may differ between slices of one run: where results go, who plays, and what is on the machine. */
const ownSettings: ReadonlySet<string> = new Set([
  'workers',
  'slice',
  'start-at',
  'hooks',
  'out',
  'label',
  'csv',
  'csv-full-history',
  'quiet',
  'no-color',
  'print-config',
  'no-preflight',
  'ca',
  'monitor',
  'cpu-limit',
  'memory-limit',
  'counters',
]);

/**
 * In what two records differ that slices of one run have in common; none: they fit together. Of the load itself only the
 * settings that make it are told, where they differ.
 */
export function headerDifferences(a: RecordHeader, b: RecordHeader): readonly HeaderDifference[] {
  const told = [
    ...differing('scenario', a.scenario, b.scenario),
    ...differing('seed', a.seed, b.seed),
    ...differing('target', a.target.address, b.target.address),
    ...differing('number of slices', a.slices.count, b.slices.count),
    ...settingDifferences(a, b).filter(({ what }) => what !== 'seed' && what !== 'host'),
    ...differing('thresholds', thresholdsOf(a), thresholdsOf(b)),
  ];
  if (told.length > 0) return told;
  const rest = [
    ['users over time', a.profile, b.profile],
    ['load', a.load, b.load],
    ['requests', a.rows, b.rows],
    ['sessions', a.sessionRows, b.sessionRows],
    ['built-in server', a.target.builtIn, b.target.builtIn],
  ] as const;
  return rest.flatMap(([what, one, other]) => differing(what, JSON.stringify(one), JSON.stringify(other)));
}

function settingDifferences(a: RecordHeader, b: RecordHeader): readonly HeaderDifference[] {
  const names = [...new Set([...Object.keys(a.settings), ...Object.keys(b.settings)])];
  return names
    .filter((name) => !ownSettings.has(name))
    .flatMap((name) => differing(name, a.settings[name]?.value ?? 'unknown', b.settings[name]?.value ?? 'unknown'));
}

const differing = (what: string, a: string | number, b: string | number): readonly HeaderDifference[] =>
  a === b ? [] : [{ what, values: [String(a), String(b)] }];

const thresholdsOf = ({ thresholds }: RecordHeader): string =>
  thresholds.length === 0 ? 'none' : thresholds.map(({ text }) => text).join(', ');

/**
 * The header of the run whose slices these records tell of, whatever their order. Each must fit to the others, and tell of
 * slices that no other tells of.
 */
export function mergeHeaders(headers: readonly RecordHeader[]): RecordHeader {
  const sorted = [...headers].sort(bySlice);
  const [first] = sorted;
  if (!first) throw new RangeError('there is no header to merge');
  const parts = sorted.flatMap(({ slices }) => slices.parts).sort((a, b) => a.index - b.index);
  const count = first.slices.count;
  const slice = {
    value: parts.length === count ? `all ${count}` : parts.map(({ index }) => `${index + 1}/${count}`).join(', '),
    from: 'merge',
  };
  return {
    ...first,
    startedAt: parts.map(({ startedAt }) => startedAt).reduce((a, b) => (b < a ? b : a), first.startedAt),
    settings: { ...first.settings, slice },
    preflight: { requests: sorted.reduce((sum, { preflight }) => sum + preflight.requests, 0) },
    monitors: sorted.flatMap(({ monitors }) => monitors),
    slices: { count, parts },
    workers: Math.max(...sorted.map(({ workers }) => workers)),
    allowed: {
      saturated: sorted.every(({ allowed }) => allowed.saturated),
      dropped: sorted.every(({ allowed }) => allowed.dropped),
    },
  };
}

/**
 * The header of a record that was cut short after some seconds, which says so of its slices; that of a merged record may say
 * it already, of some of them.
 */
export function cutHeader(header: RecordHeader, cutAfter: number): RecordHeader {
  const { count, parts } = header.slices;
  if (parts.some((part) => part.cutAfter !== undefined)) return header;
  return { ...header, slices: { count, parts: parts.map((part) => ({ ...part, cutAfter })) } };
}

/** Indexes of the slices that a record does not tell of, ascending. */
export function absentSlices({ count, parts }: RecordSlices): readonly number[] {
  const there = new Set(parts.map(({ index }) => index));
  return Array.from({ length: count }, (_, index) => index).filter((index) => !there.has(index));
}

/** Orders records by the first slice that each tells of. */
export const bySlice = (a: Pick<RecordHeader, 'slices'>, b: Pick<RecordHeader, 'slices'>): number =>
  (a.slices.parts[0]?.index ?? 0) - (b.slices.parts[0]?.index ?? 0);
