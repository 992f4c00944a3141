import { formatByteSize } from '../core/byte-size.ts';
import { escapeControls } from '../core/escape-controls.ts';
import { formatCount, formatPercent } from '../core/format.ts';
import type { MeasureView, MonitorView, ServerView } from './monitors-view.ts';
import type { Style } from './style.ts';
import { titledTable } from './text-table.ts';
import type { ReportView } from './view.ts';
import { wrapText } from './wrap-text.ts';

/** What monitors read of the server, a line for each and measure; nothing where there are none. */
export function serverLines({ server, run }: ReportView, style: Style, width: number): readonly string[] {
  if (server === null) return [];
  const sliced = run.slices.count > 1;
  return [
    ...titledTable(
      style,
      [
        { title: 'Server', align: 'left' },
        { title: '', align: 'left' },
        ...['mean', 'peak', 'all of it', 'seconds'].map((title) => ({ title })),
      ],
      server.monitors.flatMap((monitor) => {
        const name = sliced ? `${monitor.name} (slice ${monitor.slice + 1})` : monitor.name;
        return [
          ...cells(name, 'CPU', monitor.cpu, cores, server),
          ...cells(monitor.cpu === null ? name : '', 'memory', monitor.memory, formatByteSize, server),
        ];
      }),
    ),
    ...wrapText(
      `(${sources(server.monitors)}; over the ${server.window === 'steady' ? 'steady window' : 'whole run'})`,
      width,
    ).map(style.dim),
  ];
}

function cells(
  name: string,
  what: string,
  measure: MeasureView | null,
  amount: (value: number) => string,
  { seconds }: ServerView,
): readonly (readonly string[])[] {
  if (measure === null) return [];
  const { span, limit } = measure;
  return [
    [
      escapeControls(name),
      what,
      span === null ? '–' : formatPercent(span.mean),
      span === null ? '–' : formatPercent(span.peak),
      limit.amount === null ? '100 %' : amount(limit.amount),
      measuredOf(span?.seconds ?? 0, seconds),
    ],
  ];
}

const measuredOf = (seconds: number, of: number): string =>
  seconds === of ? formatCount(of) : `${formatCount(seconds)} of ${formatCount(of)}`;

const cores = (count: number): string => `${Number(count.toFixed(2))} ${count === 1 ? 'core' : 'cores'}`;

const sources = (monitors: readonly MonitorView[]): string =>
  monitors.map(({ name, source }) => `${escapeControls(name)}: ${escapeControls(source)}`).join('; ');
