import { formatCount, formatMillis, formatPercent, formatRate } from '../core/format.ts';
import type { CapacityView, TrialView } from './capacity-view.ts';

/** What a search found, in a sentence. */
export function capacitySentence(view: CapacityView): string {
  const { capacity, trials, most } = view;
  const { holds, breaks, kind } = capacity;
  const held = holds === null ? '' : `${users(holds)}, ${rateAt(trials, holds)}`;
  const within = withinText(view);
  switch (kind) {
    case 'found': {
      const range =
        holds === null || breaks === null || breaks - 1 <= holds
          ? held
          : `${formatCount(holds)}–${users(breaks - 1)}, ${rateAt(trials, holds)}`;
      return `Sustains ${range}, ${within}; beyond it ${brokenAt(trials, breaks)} breaks first.`;
    }
    case 'nothing-broke':
      return holds === most
        ? `Sustains at least ${held}, ${within}: nothing broke up to the highest load that was to be tried.`
        : `Sustains at least ${held}, ${within}: beyond it, up to ${users(most)}, nothing could be decided.`;
    case 'always-breaks':
      return `Sustains not even one user within all thresholds: ${brokenAt(trials, breaks)} breaks at once.`;
    case 'generator':
      return `sqload itself was the limit at ${users(invalidAt(trials))}${holds === null ? '' : `: the server sustains at least ${held}, ${within}`}.`;
    case 'stopped':
      return `Stopped before it was known: ${soFar(view, held)}.`;
    case 'undecided':
      return breaks === null
        ? 'Undecided: no load was shown to hold or to break.'
        : `Undecided: ${brokenAt(trials, breaks)} breaks at ${users(breaks)}, and no load below was shown to hold.`;
  }
}

/** One's own limits on what too little was measured of, at the load that held. */
const unsureOf = ({ capacity: { holds }, trials }: CapacityView): readonly string[] => [
  ...new Set(trials.filter((trial) => trial.users === holds).flatMap((trial) => trial.unsure)),
];

function withinText(view: CapacityView): string {
  const unsure = unsureOf(view);
  return unsure.length === 0
    ? 'within all thresholds'
    : `within all thresholds that could be told, not ${unsure.join(' or ')}`;
}

/** What a reader should know of how sure the answer is. */
export function capacityNotes(view: CapacityView): readonly string[] {
  const { capacity, trials, precision } = view;
  const { holds, breaks, edges, over, confirmed, contradicted, kind } = capacity;
  const flaw = trials.findLast((trial) => trial.flaw !== null)?.flaw ?? null;
  const both = holds !== null && breaks !== null;
  const [first, last] = [edges[0], edges.at(-1)];
  const unsure = unsureOf(view);
  return [
    ...(both && over === 'stopped'
      ? ['The search was stopped before it was through: more time narrows the answer.']
      : []),
    ...(both && over === 'generator'
      ? [`sqload itself was the limit at ${users(invalidAt(trials))}, which ended the search.`]
      : []),
    ...(over === 'generator' && flaw !== null
      ? [
          flaw,
          'Give the generator more room: fewer other programs on this machine, --workers auto, or another machine.',
        ]
      : []),
    ...(kind === 'found' || kind === 'nothing-broke'
      ? [
          confirmed
            ? `${both ? 'Both ends were' : 'It was'} confirmed by a repeat.`
            : `${both ? 'Not both ends were' : 'It was not'} confirmed by a repeat.`,
        ]
      : []),
    ...(contradicted.length > 0
      ? [
          `A repeat at ${contradicted.map(formatCount).join(' and ')} users did not bear out the trial before, so the answer was widened.`,
        ]
      : []),
    ...(holds !== null && noneSays(trials, holds, 'holds')
      ? [`The trials at ${users(holds)} show it together: it holds.`]
      : []),
    ...(breaks !== null && noneSays(trials, breaks, 'breaks')
      ? [`The trials at ${users(breaks)} show it together: ${brokenAt(trials, breaks)} breaks.`]
      : []),
    ...(holds !== null && unsure.length > 0
      ? [`Too little or nothing was measured to show that ${unsure.join(' and ')} held at this load.`]
      : []),
    ...(both && first !== undefined && last !== undefined && breaks - holds > precision * breaks
      ? [
          `${first === last ? `At ${users(first)}` : `From ${formatCount(first)} to ${users(last)}`} the numbers lie too close to a limit to tell within the time of a trial: a longer --window narrows the answer.`,
        ]
      : []),
  ];
}

/** A trial in one line, while the search goes on. */
export function trialLine(trial: TrialView): string {
  const { number, users: count, rate, p95, errorRate, purpose } = trial;
  const why = { look: '', longer: ' (again, for longer)', confirm: ' (to confirm)' }[purpose];
  return `Trial ${number}: ${users(count)}${why}: ${requestRate(rate)}, p95 ${timeText(p95)}, errors ${errorRate === null ? '–' : formatPercent(errorRate)}: ${trial.flaw === null ? outcomeText(trial) : trial.flaw}`;
}

export function outcomeText({ outcome, limit }: Pick<TrialView, 'outcome' | 'limit'>): string {
  switch (outcome) {
    case 'holds':
      return 'holds';
    case 'breaks':
      return `breaks ${limit ?? ''}`.trimEnd();
    case 'undecided':
      return limit === null ? 'undecided' : `undecided, ${limit} too close`;
    case 'invalid':
      return 'invalid';
  }
}

/** A response time; a dash where nothing ended. */
export const timeText = (ms: number | null): string =>
  ms === null ? '–' : Number.isFinite(ms) ? formatMillis(ms) : 'no limit';

function soFar(view: CapacityView, held: string): string {
  const { trials } = view;
  const { breaks } = view.capacity;
  if (held !== '') return `the server sustains at least ${held}, ${withinText(view)}`;
  return breaks === null ? 'no load was decided' : `${brokenAt(trials, breaks)} breaks at ${users(breaks)}`;
}

/** Over all trials of the load that count. */
function rateAt(trials: readonly TrialView[], count: number): string {
  const own = trials.filter((trial) => trial.users === count && trial.outcome !== 'invalid');
  const time = own.reduce((sum, { windowSeconds }) => sum + windowSeconds, 0);
  const rate = own.reduce((sum, { rate, windowSeconds }) => sum + rate * windowSeconds, 0) / Math.max(1, time);
  return requestRate(rate);
}

const brokenAt = (trials: readonly TrialView[], count: number | null): string =>
  trials.findLast(({ users, outcome }) => users === count && outcome === 'breaks')?.limit ??
  trials.findLast(({ users }) => users === count)?.limit ??
  'a threshold';

/** Trials of one load are pooled, and may be sure only so. */
const noneSays = (trials: readonly TrialView[], count: number, outcome: TrialView['outcome']): boolean =>
  !trials.some((trial) => trial.users === count && trial.outcome === outcome);

const invalidAt = (trials: readonly TrialView[]): number =>
  trials.findLast(({ outcome }) => outcome === 'invalid')?.users ?? 0;
const requestRate = (rate: number): string => formatRate(rate).replace('/s', ' requests/s');
const users = (count: number): string => `${formatCount(count)} ${count === 1 ? 'user' : 'users'}`;
