import { type Fault, faultKinds, formatFault, parseFault } from '../../mock/fault.ts';
import { defaultLatency, formatLatency, type LatencyLaw, parseLatency } from '../../mock/latency-law.ts';
import { listOption, switchOption, valueOption } from './option-spec.ts';
import { wholeNumber } from './quantity.ts';

/** Options that more than one command takes, with the same meaning in each. */
export const quiet = switchOption({
  long: 'quiet',
  group: 'Output',
  help: 'Write only the line with the verdict.',
});

export const color = switchOption({
  long: 'no-color',
  group: 'Output',
  help: 'Write no colours, on a terminal either; so does NO_COLOR.',
});

export const csv = valueOption<string | null>({
  long: 'csv',
  placeholder: '<prefix>',
  example: 'out/today',
  group: 'Output',
  help: 'Write <prefix>_stats.csv and its siblings as well, with the columns of Locust.',
  read: nonEmpty,
  fallback: null,
});

export const csvFullHistory = switchOption({
  long: 'csv-full-history',
  group: 'Output',
  help: 'Give each row a line of its own for each second in the history, over a window of 10 s.',
});

export const apiKey = valueOption<string | null>({
  long: 'api-key',
  placeholder: '<key>',
  example: '<key>',
  group: 'Target',
  help: 'Key for "Authorization: Bearer <key>". Better kept in SQLOAD_API_KEY, out of the list of processes.',
  secret: true,
  read: token,
  fallback: null,
  unset: 'not set',
});

interface Placed {
  readonly long: string;
  readonly group: 'Built-in server' | 'Server';
}

/** How fast the reference server answers. */
export const latency = (placed: Placed) =>
  valueOption<LatencyLaw>({
    ...placed,
    placeholder: '<law>',
    example: 'p50=120ms,p95=350ms',
    help: 'How long answers take: two percentiles (p50=6s,p95=15s is like a language model), or one duration for all.',
    read: parseLatency,
    show: formatLatency,
    fallback: defaultLatency,
  });

/** How many requests the reference server works on at once. */
export const capacity = (placed: Placed) =>
  valueOption<number | null>({
    ...placed,
    placeholder: '<count>',
    example: '20',
    help: 'Serve at most this many requests at once and let the rest queue.',
    read: wholeNumber(1, 100_000),
    fallback: null,
    unset: 'no limit',
  });

/** What the reference server does wrong. */
export const faults = (placed: Placed) =>
  listOption<Fault>({
    ...placed,
    placeholder: '<fault>',
    example: '500:10%@30s-60s',
    help: `kind[:share][@from-to], kind being one of ${faultKinds.join(', ')}.`,
    read: parseFault,
    show: formatFault,
  });

/** Any text but an empty one. */
export function nonEmpty(text: string): string {
  if (text === '') throw new RangeError('must not be empty');
  return text;
}

function token(text: string): string {
  if (!/^[\x21-\x7e]+$/.test(text)) throw new RangeError('must be printable ASCII without spaces');
  return text;
}
