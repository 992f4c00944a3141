import { compilePointer } from '../core/json-pointer.ts';
import { ExpositionReader } from './exposition-usage.ts';
import { cpuNames, memoryNames, type Quantities, quantitiesOf, quantityNames } from './quantity.ts';

/** Where a monitor reads. `quantities` null: standard metrics, whichever of them there are. */
export type MonitorSource =
  | { readonly kind: 'pid'; readonly pid: number }
  | { readonly kind: 'port'; readonly port: number }
  | HttpSource;

/** A source that is read over HTTP. */
export type HttpSource =
  | { readonly kind: 'prometheus'; readonly url: MonitorUrl; readonly quantities: Quantities | null }
  | { readonly kind: 'promql' | 'json'; readonly url: MonitorUrl; readonly quantities: Quantities };

/** An address over HTTP. */
export interface MonitorUrl {
  /** Without user-info and fragment; a query may hold secrets. */
  readonly href: string;
  /** `user:password`, decoded; null: none. */
  readonly userInfo: string | null;
  /** Origin and path: nothing secret in it. */
  readonly shown: string;
}

/** A monitor as the user asked for it. */
export interface MonitorSpec {
  /** null: the user gave none. */
  readonly name: string | null;
  readonly source: MonitorSource;
}

/** A monitor of a run; names are unique. */
export interface NamedMonitor {
  readonly name: string;
  readonly source: MonitorSource;
}

const forms = 'pid:4242, port:8000, prometheus:http://…, promql:http://…?cpu=<query> or json:http://…#/cpu_percent';

/**
 * Reads `[name=]<source>`: `pid:4242`, `db=port:5432`, `prometheus:<url>[?cpu=<metric>&memory=<metric>]`,
 * `promql:<url>?cpu=<query>&memory=<query>`, `json:<url>#/pointer/to/cpu_percent` or `json:<url>#cpu_percent=/pointer&memory=/pointer`.
 * In place of `cpu` (cores) and `memory` (bytes) stand `cpu_seconds` for a counter, and `cpu_percent`, `cpu_ratio`, `memory_percent`,
 * `memory_ratio` for shares of the whole.
 * @throws RangeError saying what it must be.
 */
export function parseMonitor(text: string): MonitorSpec {
  const [, name, kind = '', rest = ''] =
    /^(?:([^=:]*)=)?(pid|port|prometheus|promql|json):([\s\S]*)$/.exec(text.trim()) ?? [];
  if (kind === '') throw new RangeError(`must be ${forms}, with a name before it if you like (db=port:5432)`);
  if (name !== undefined && !/^[a-z][\w-]{0,31}$/i.test(name))
    throw new RangeError('must have a name of letters, digits, - and _, at most 32 of them');
  return { name: name ?? null, source: parseSource(kind, rest) };
}

const examples: Readonly<Record<string, string>> = {
  pid: 'pid:4242',
  port: 'db=port:5432',
  prometheus: 'prometheus:http://localhost:9090/metrics',
  promql: "'promql:http://localhost:9090?cpu=sum(rate(process_cpu_seconds_total[1m]))'",
  json: "'json:http://localhost:8000/stats#cpu_percent=/cpu&memory=/rss'",
};

/** A source that is right, of the kind that the text is of. */
export function monitorLike(text: string): string {
  const [, kind = ''] = /^(?:[^=:]*=)?([a-z]+):/.exec(text.trim()) ?? [];
  return (Object.hasOwn(examples, kind) ? examples[kind] : undefined) ?? 'db=port:5432';
}

function parseSource(kind: string, rest: string): MonitorSource {
  switch (kind) {
    case 'pid':
      return { kind, pid: wholeNumber(rest, mostPid, 'the number of a process, like pid:4242') };
    case 'port':
      return { kind, port: wholeNumber(rest, 65_535, 'a port from 1 to 65535, like port:8000') };
    case 'json':
      return parseJsonSource(rest);
    default:
      return parseQuerySource(kind === 'promql' ? kind : 'prometheus', rest);
  }
}

function wholeNumber(text: string, most: number, what: string): number {
  const value = Number(text);
  if (most === mostPid && /^\d+$/.test(text) && value > most)
    throw new RangeError(`is no process: the greatest number that one can have is ${most}`);
  if (!/^\d{1,9}$/.test(text) || value < 1 || value > most) throw new RangeError(`must be ${what}`);
  return value;
}

/** The greatest that Linux gives to a process. */
const mostPid = 2 ** 22;

/** Our own parameters are taken out of the query, all others stay; a `&` within a query is one only before a name of ours. */
function parseQuerySource(kind: 'prometheus' | 'promql', text: string): MonitorSource {
  const [, before = '', query = ''] = /^([^?]*)\??([\s\S]*)$/.exec(text) ?? [];
  const names = [...cpuNames.keys(), ...memoryNames.keys()];
  const own: (readonly [string, string])[] = [];
  const others: string[] = [];
  for (const part of query.split(new RegExp(`&(?=(?:${names.join('|')})=)`))) {
    const equals = part.indexOf('=');
    const name = part.slice(0, Math.max(0, equals));
    if (names.includes(name)) own.push([name, decoded(part.slice(equals + 1))]);
    else if (part !== '') others.push(part);
  }
  const url = parseMonitorUrl(others.length === 0 ? before : `${before}?${others.join('&')}`);
  if (kind === 'prometheus') {
    const quantities = own.length === 0 ? null : quantitiesOf(own);
    // Whether its names are names of metrics.
    new ExpositionReader(quantities);
    return { kind, url, quantities };
  }
  if (own.length === 0)
    throw new RangeError(`must have a query, like promql:http://prometheus:9090?cpu_percent=<query>: ${quantityNames}`);
  return { kind, url, quantities: quantitiesOf(own) };
}

/** What stands behind `#`: pointers with names, or one alone whose last word is the name. */
function parseJsonSource(text: string): MonitorSource {
  const hash = text.indexOf('#');
  const fragment = hash < 0 ? '' : decoded(text.slice(hash + 1));
  if (fragment === '')
    throw new RangeError(
      'must say where the numbers are: #cpu_percent=/cpu&memory=/rss, or one pointer whose last word is such a name, like #/stats/cpu_percent',
    );
  const url = parseMonitorUrl(text.slice(0, hash));
  const pairs = fragment.startsWith('/')
    ? [[lastWord(fragment), fragment] as const]
    : fragment
        .split('&')
        .map((part) => [part.slice(0, Math.max(0, part.indexOf('='))), part.slice(part.indexOf('=') + 1)] as const);
  const quantities = quantitiesOf(pairs);
  for (const [, pointer] of pairs) compilePointer(pointer);
  const { cpu } = quantities;
  return {
    kind: 'json',
    url,
    quantities: { ...quantities, cpu: cpu && { ...cpu, unit: cpu.unit === 'auto' ? 'cores' : cpu.unit } },
  };
}

function lastWord(pointer: string): string {
  const word = pointer.slice(pointer.lastIndexOf('/') + 1);
  if (cpuNames.has(word) || memoryNames.has(word)) return word;
  throw new RangeError(
    `must say what ${pointer} is, like #cpu_percent=${pointer}, since its last word is no name of a measure: ${quantityNames}`,
  );
}

/** Reads an address over HTTP, with user-info or without. @throws RangeError when it is none. */
export function parseMonitorUrl(text: string): MonitorUrl {
  const url = URL.canParse(text) ? new URL(text) : null;
  if (url === null || !/^https?:$/.test(url.protocol) || url.hostname === '')
    throw new RangeError('must have an address that begins with http:// or https://');
  const pair = [url.username, url.password].map(decoded);
  const userInfo = url.username === '' && url.password === '' ? null : pair.join(':');
  url.username = '';
  url.password = '';
  url.hash = '';
  return { href: url.href, userInfo, shown: `${url.origin}${url.pathname}`.replace(/\/$/, '') };
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/** The source in the grammar of the option, without what may be secret in it. */
export function showMonitor({ name, source }: MonitorSpec): string {
  return `${name === null ? '' : `${name}=`}${shownSource(source)}`;
}

function shownSource(source: MonitorSource): string {
  switch (source.kind) {
    case 'pid':
      return `pid:${source.pid}`;
    case 'port':
      return `port:${source.port}`;
    default: {
      const { cpu = null, memory = null } = source.quantities ?? {};
      const measures = [cpu, memory].flatMap((quantity, i) =>
        quantity === null ? [] : [`${nameOf(i === 0 ? cpuNames : memoryNames, quantity.unit)}=${quantity.from}`],
      );
      const mark = source.kind === 'json' ? '#' : '?';
      return `${source.kind}:${source.url.shown}${measures.length === 0 ? '' : `${mark}${measures.join('&')}`}`;
    }
  }
}

const nameOf = (names: ReadonlyMap<string, string>, unit: string): string =>
  [...names].find(([, of]) => of === unit)?.[0] ?? [...names.keys()][0] ?? unit;

/** The text of an option without user-info and without what stands behind an address, where tokens may be. */
export const maskMonitor = (text: string): string =>
  text.replace(/\/\/[^/@]*@/, '//…@').replace(/[?#][\s\S]*$/, (rest) => `${rest[0] ?? ''}…`);

/** Everything in these monitors that must be seen nowhere. */
export const monitorSecrets = (specs: readonly MonitorSpec[]): readonly string[] =>
  specs.flatMap(({ source }) => ('url' in source ? monitorUrlSecrets(source.url) : []));

/** Everything in an address that must be seen nowhere: its credentials, and what in its query is as long as a token. */
export function monitorUrlSecrets({ userInfo, href }: MonitorUrl): readonly string[] {
  const password = userInfo?.slice(userInfo.indexOf(':') + 1) ?? '';
  const values = [...new URL(href).searchParams.values()].filter((value) => value.length >= 8);
  return [userInfo ?? '', password, ...values].filter((secret) => secret !== '' && secret !== ':');
}

/** What a monitor measures as far as its source says so, and what it is in words. */
export function describeMonitor(source: MonitorSource): {
  readonly words: string;
  readonly measures: { readonly cpu: boolean; readonly memory: boolean };
} {
  const both = { cpu: true, memory: true };
  switch (source.kind) {
    case 'pid':
      return { words: `process ${source.pid} with its children`, measures: both };
    case 'port':
      return { words: `the process that listens on port ${source.port}, with its children`, measures: both };
    default: {
      const { quantities: given, url } = source;
      const measures = given === null ? both : { cpu: given.cpu !== null, memory: given.memory !== null };
      const kinds = { prometheus: 'the exposition at', promql: 'Prometheus at', json: 'JSON at' };
      return { words: `${kinds[source.kind]} ${url.shown}`, measures };
    }
  }
}

/**
 * The monitors with a name each: their own, else `pid-4242`, `port-8000` or the kind of source, with a number from the second on.
 * @throws RangeError when two were given the same name or the same source, or one a name that is `taken` by something else.
 */
export function nameMonitors(specs: readonly MonitorSpec[], taken: readonly string[]): readonly NamedMonitor[] {
  const used = new Set(taken);
  for (const { name } of specs) {
    if (name !== null && used.has(name))
      throw new RangeError(`The name ${name} of a monitor is ${taken.includes(name) ? 'taken' : 'given twice'}.`);
    if (name !== null) used.add(name);
  }
  specs.forEach((spec, i) => {
    const known = JSON.stringify(spec.source);
    if (specs.slice(0, i).some(({ source }) => JSON.stringify(source) === known))
      throw new RangeError(`The monitor ${showMonitor({ ...spec, name: null })} is given twice.`);
  });
  return specs.map(({ name, source }) => {
    const base =
      source.kind === 'pid' ? `pid-${source.pid}` : source.kind === 'port' ? `port-${source.port}` : source.kind;
    let own = name ?? base;
    for (let n = 2; name === null && used.has(own); n++) own = `${base}-${n}`;
    used.add(own);
    return { name: own, source };
  });
}
