import { compilePointer } from '../core/json-pointer.ts';
import { isSelected, parseExposition, parseSelector } from './exposition.ts';
import { numberAt, parseJson } from './json-number.ts';
import { type MonitorUrl, parseMonitorUrl } from './monitor-source.ts';

/** Where a server says how many requests it has counted. */
export interface CounterSource {
  readonly url: MonitorUrl;
  readonly kind: 'json' | 'prometheus';
  /** A JSON pointer, or a metric, whose samples add up. */
  readonly from: string;
}

/**
 * Reads `<url>#/pointer` of JSON, or `prometheus:<url>?counter=<metric>`.
 * @throws RangeError saying what it must be.
 */
export function parseCounter(text: string): CounterSource {
  const [, exposition, metric = ''] = /^prometheus:([^?]*)\?counter=(.+)$/.exec(text.trim()) ?? [];
  if (exposition !== undefined) {
    parseSelector(metric);
    return { url: parseMonitorUrl(exposition), kind: 'prometheus', from: metric };
  }
  const [, href, pointer = ''] = /^([^#]*)#(.*)$/.exec(text.trim()) ?? [];
  if (href === undefined || pointer === '' || href.startsWith('prometheus:'))
    throw new RangeError(
      'must be like http://localhost:8000/metrics#/total_requests or prometheus:http://…?counter=http_requests_total',
    );
  compilePointer(pointer);
  return { url: parseMonitorUrl(href), kind: 'json', from: pointer };
}

/** The option again, without what may be secret in it. */
export const showCounter = ({ url, kind, from }: CounterSource): string =>
  kind === 'json' ? `${url.shown}#${from}` : `prometheus:${url.shown}?counter=${from}`;

/** What an answer of the source has counted. @throws RangeError, a clause, when it tells no number. */
export function countIn({ kind, from }: CounterSource, text: string): number {
  const count = kind === 'json' ? numberAt(parseJson(text), from) : sumOf(from, text);
  if (count === null || count < 0) throw new RangeError(`it tells no number at ${from}`);
  return count;
}

function sumOf(metric: string, text: string): number | null {
  const selector = parseSelector(metric);
  const { samples } = parseExposition(text, (name) => name === selector.name);
  const values = samples.filter((sample) => isSelected(selector, sample) && Number.isFinite(sample.value));
  return values.length === 0 ? null : values.reduce((sum, { value }) => sum + value, 0);
}
