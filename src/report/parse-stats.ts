import type { NamedRowFigures, RowFigures, RunFigures } from '../compare/compared-run.ts';
import { automaticRow, questionRows } from '../protocol/path-dialect.ts';
import { parseCsv, unescapeCell } from './parse-csv.ts';

/** Whether a text begins as a `stats.csv`, of sqload or of Locust. */
export const isStats = (start: string): boolean => /^\ufeff?"?Type"?,"?Name"?,"?Request Count"?,/.test(start);

/**
 * Reads the figures of a `stats.csv`, of sqload or of Locust: all of the run, each request at the time that it took. A percentile
 * that was not asked for, or is `N/A`, is not known.
 * @throws RangeError with a clause that names the line and the column.
 */
export function parseStats(text: string): RunFigures {
  const [header = [], ...lines] = parseCsv(text);
  const missing = needed.filter((title) => !header.includes(title));
  if (missing.length > 0) throw new RangeError(`it has no column ${missing.map((title) => `"${title}"`).join(' or ')}`);
  const read = lines.map((cells, i) => readLine(header, cells, i + 2));
  const all = read.filter(isTotal);
  const [total] = all;
  if (!total || all.length > 1)
    throw new RangeError(
      `it has ${all.length === 0 ? 'no line' : 'more than one line'} "Aggregated", which tells of all rows`,
    );
  const rows = read.filter((line) => !isTotal(line)).map(rowOf);
  const twice = rows.find(({ id }, i) => rows.findIndex((row) => row.id === id) < i);
  if (twice) throw new RangeError(`it has more than one line "${twice.name}"`);
  return {
    over: 'run',
    percentiles: 'measured',
    all: total.figures,
    rows,
    monitors: [],
    connect: null,
  };
}

/** Enough to be of use; Locust lets its users choose the percentiles. */
const needed = ['Type', 'Name', 'Request Count', 'Failure Count', 'Requests/s', 'Failures/s'];

interface StatsLine {
  readonly type: string;
  readonly name: string;
  readonly figures: RowFigures;
}

const isTotal = ({ type, name }: StatsLine): boolean => name === 'Aggregated' && (type === '' || type === 'None');

function readLine(header: readonly string[], cells: readonly string[], line: number): StatsLine {
  if (cells.length !== header.length)
    throw new RangeError(`line ${line}: it has ${cells.length} of ${header.length} cells, as if it were cut off`);
  const cell = (title: string): string | null => cells[header.indexOf(title)] ?? null;
  const optional = (title: string): number | null => {
    const content = header.includes(title) ? cell(title) : null;
    if (content === null || content === 'N/A' || content === '') return null;
    const value = Number(content);
    if (!/^\d/.test(content) || !Number.isFinite(value))
      throw new RangeError(`line ${line}: "${title}" must be a number, got "${content}"`);
    return value;
  };
  const number = (title: string): number => {
    const value = optional(title);
    if (value === null) throw new RangeError(`line ${line}: "${title}" has no number`);
    return value;
  };
  const [requests, failures] = [number('Request Count'), number('Failure Count')];
  if (failures > requests) throw new RangeError(`line ${line}: it has more failures than requests`);
  // Where there was no request, Locust writes 0 or N/A for its time.
  const time = (title: string): number | null => (requests === 0 ? null : optional(title));
  return {
    type: unescapeCell(cell('Type') ?? ''),
    name: unescapeCell(cell('Name') ?? ''),
    figures: {
      requests,
      failures,
      p50: time('50%'),
      p95: time('95%'),
      p99: time('99%'),
      errorRate: requests === 0 ? null : failures / requests,
      throughput: Math.max(0, number('Requests/s') - number('Failures/s')),
    },
  };
}

/** A row that the guide's script names has the id of that row in a record, so that both can be held against each other. */
function rowOf({ type, name, figures }: StatsLine): NamedRowFigures {
  const known = [...questionRows, automaticRow].find((row) => row.name === name);
  return { id: known?.id ?? `${type} ${name}`.trim(), name, ...figures };
}
