/** One line of a Prometheus exposition. */
export interface ExpositionSample {
  readonly name: string;
  readonly labels: ReadonlyMap<string, string>;
  /** May be NaN or infinite. */
  readonly value: number;
}

/** What an exposition tells of the metrics that were asked for. */
export interface Exposition {
  readonly samples: readonly ExpositionSample[];
  /** By metric, as its `# TYPE` line says: `counter`, `gauge`, … */
  readonly types: ReadonlyMap<string, string>;
}

/** A longer line is passed over, and so is all that comes after so many samples: no server needs them for what is asked. */
const longestLine = 16_384;
const mostSamples = 20_000;

/**
 * Reads the samples of some metrics from the text format of Prometheus, or from OpenMetrics. Lines that are in no order are
 * passed over, and so are timestamps and exemplars; time and memory grow with the text only.
 */
export function parseExposition(text: string, wanted: (name: string) => boolean): Exposition {
  const samples: ExpositionSample[] = [];
  const types = new Map<string, string>();
  for (let from = 0; from < text.length && samples.length < mostSamples; ) {
    const newline = text.indexOf('\n', from);
    const to = newline < 0 ? text.length : newline;
    if (to - from <= longestLine) readLine(text.slice(from, to), wanted, samples, types);
    from = to + 1;
  }
  return { samples, types };
}

function readLine(
  line: string,
  wanted: (name: string) => boolean,
  samples: ExpositionSample[],
  types: Map<string, string>,
): void {
  const [, typed, type] = /^#[ \t]+TYPE[ \t]+([a-zA-Z_:][\w:]*)[ \t]+(\w+)/.exec(line) ?? [];
  if (typed !== undefined && type !== undefined) {
    // OpenMetrics names the family, its samples have the suffix.
    for (const name of [typed, `${typed}_total`]) if (wanted(name)) types.set(name, type);
    return;
  }
  const name = /^[ \t]*([a-zA-Z_:][\w:]*)/.exec(line);
  if (name === null || !wanted(name[1] ?? '')) return;
  const labels = new Map<string, string>();
  const rest = readLabels(line, name[0].length, labels);
  const value = rest < 0 ? undefined : /^[ \t]*(\S+)/.exec(line.slice(rest))?.[1];
  const number = value === undefined ? null : readValue(value);
  if (number !== null) samples.push({ name: name[1] ?? '', labels, value: number });
}

const labelStart = /[ \t]*([a-zA-Z_]\w*)[ \t]*=[ \t]*"/y;

/** Reads `{name="value",…}` where it stands, and answers with where it ends; −1 when it is broken. */
function readLabels(line: string, at: number, labels: Map<string, string>): number {
  const open = /[ \t]*\{/y;
  open.lastIndex = at;
  if (!open.test(line)) return at;
  let from = open.lastIndex;
  for (;;) {
    const close = /[ \t]*\}/y;
    close.lastIndex = from;
    if (close.test(line)) return close.lastIndex;
    labelStart.lastIndex = from;
    const name = labelStart.exec(line)?.[1];
    if (name === undefined) return -1;
    const value = readQuoted(line, labelStart.lastIndex);
    if (value === null) return -1;
    labels.set(name, value.text);
    const comma = /[ \t]*,/y;
    comma.lastIndex = value.end;
    from = comma.test(line) ? comma.lastIndex : value.end;
  }
}

/** A text up to its quote, in which `\\`, `\"` and `\n` are escapes; null when it does not end. */
function readQuoted(line: string, start: number): { readonly text: string; readonly end: number } | null {
  let text = '';
  for (let i = start; i < line.length; i++) {
    const character = line[i];
    if (character === '"') return { text, end: i + 1 };
    if (character !== '\\') text += character;
    else {
      i += 1;
      const escaped = line[i];
      text += escaped === 'n' ? '\n' : escaped === '\\' || escaped === '"' ? escaped : `\\${escaped ?? ''}`;
    }
  }
  return null;
}

function readValue(text: string): number | null {
  if (/^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(text)) return Number(text);
  if (/^nan$/i.test(text)) return Number.NaN;
  const sign = /^([+-]?)inf(inity)?$/i.exec(text)?.[1];
  if (sign === undefined) return null;
  return sign === '-' ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY;
}

/** A metric, and the labels that its samples must have: `container_cpu_usage_seconds_total{pod="web-1"}`. */
export interface MetricSelector {
  readonly name: string;
  readonly labels: ReadonlyMap<string, string>;
}

/** @throws RangeError when it is none. */
export function parseSelector(text: string): MetricSelector {
  const name = /^[a-zA-Z_:][\w:]*/.exec(text)?.[0];
  const labels = new Map<string, string>();
  if (name === undefined || readLabels(text, name.length, labels) !== text.length)
    throw new RangeError('must name a metric like process_resident_memory_bytes or my_cpu_seconds_total{pod="web-1"}');
  return { name, labels };
}

/** Whether a sample is one that a selector means. */
export const isSelected = ({ name, labels }: MetricSelector, sample: ExpositionSample): boolean =>
  sample.name === name && [...labels].every(([label, value]) => sample.labels.get(label) === value);
