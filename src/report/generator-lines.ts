import { counted, formatCount, formatMillis, formatPercent } from '../core/format.ts';
import type { ConnectionsView, GeneratorView, Spread } from './generator-view.ts';
import { labelled } from './labelled.ts';
import { plainMillis } from './millis-cell.ts';
import { createStyle, type Style } from './style.ts';
import { tableLines } from './text-table.ts';
import type { ReportView } from './view.ts';

/** Where the time of a request went on the wire, apart from response times: connect, TLS, first byte, first event, last byte. */
export function wireLines({ connections }: ReportView, style: Style): readonly string[] {
  const { connect, tls, firstByte, firstEvent, service } = connections;
  const rows: readonly (readonly [name: string, spread: Spread | null])[] = [
    ['connect', connect],
    ['TLS handshake in it', tls],
    ['sent to first byte', firstByte],
    ['sent to first event', firstEvent],
    ['sent to last byte', service],
  ];
  const measured = rows.flatMap(([name, spread]) => (spread === null ? [] : [{ name, spread }]));
  if (measured.length === 0) return [];
  const [head = '', ...lines] = tableLines(
    [{ title: 'On the wire, ms', align: 'left' }, ...['count', 'p50', 'p95', 'p99', 'max'].map((title) => ({ title }))],
    measured.map(({ name, spread }) => [
      name,
      formatCount(spread.count),
      ...[spread.p50, spread.p95, spread.p99, spread.max].map(plainMillis),
    ]),
  );
  return [style.bold(head), ...lines];
}

/** The connections, and what the load generator had to spare, in a few lines. */
export function sideLines({ connections, generator }: ReportView, style: Style, width: number): readonly string[] {
  const pairs = [...connectionText(connections), ...generatorText(generator, width)];
  return pairs.length === 0 ? [] : labelled(style, width, pairs);
}

type Pairs = readonly (readonly [label: string, text: string])[];

function connectionText({ opened, reused, reusedRatio, retried, resumed }: ConnectionsView): Pairs {
  if (reusedRatio === null) return [];
  const tickets = resumed === 0 ? '' : ` (${formatCount(resumed)} resumed a TLS session)`;
  const share = formatPercent(reusedRatio);
  const again = retried === 0 ? '' : `, ${counted(retried, 'request')} sent twice after a close`;
  return [
    [
      'Connections',
      `${formatCount(opened)} opened${tickets}, ${counted(reused, 'request')} over a reused one (${share})${again}`,
    ],
  ];
}

function generatorText(generator: GeneratorView, width: number): Pairs {
  const { lateness, delay, dropped } = generator;
  const facts = [
    ...(lateness === null ? [] : [['requests left late', spreadText(lateness)] as const]),
    ...(delay === null ? [] : [['event-loop delay', spreadText(delay)] as const]),
    ...threadText(generator),
    ...processText(generator),
  ];
  const lines = facts.length === 0 ? [] : labelled(createStyle(false), width - 'Connections  '.length, facts);
  return [
    ...(dropped === 0
      ? []
      : [['Dropped', `${counted(dropped, 'arrival')} found every place for a user taken`] as const]),
    ...lines.map((line, i) => [i === 0 ? 'Generator' : '', line] as const),
  ];
}

const spreadText = ({ p50, p99, max }: Spread): string =>
  `p50 ${formatMillis(p50)}, p99 ${formatMillis(p99)}, at most ${formatMillis(max)}`;

function threadText({ threads, utilisation, collectingRatio }: GeneratorView): Pairs {
  if (utilisation === null) return [];
  const name = threads === 1 ? '1 load thread' : `${formatCount(threads)} load threads`;
  const most = threads === 1 ? '' : ' (the busiest)';
  const busy = `busy ${formatPercent(utilisation.mean)} of the time, at most ${formatPercent(utilisation.max)}${most}`;
  return [[name, collectingRatio === null ? busy : `${busy}; garbage ${formatPercent(collectingRatio)}`]];
}

function processText({ processes, cpu, memory }: GeneratorView): Pairs {
  if (cpu === null || memory === null) return [];
  const used = `${cores(cpu.mean)} CPU cores, at most ${cores(cpu.max)}; memory at most ${formatCount(memory / 1e6)} MB`;
  return [[processes === 1 ? 'whole process' : `${formatCount(processes)} processes`, used]];
}

const cores = (count: number): string => count.toFixed(2);
