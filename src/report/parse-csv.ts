import { type CsvError, parse } from 'csv-parse/sync';

/**
 * Reads the cells of a text in the dialect that `csv()` writes, from which Locust's differs in nothing; lines may end with LF, and a
 * byte order mark is passed over. Empty lines are left out; lines may have different numbers of cells.
 * @throws RangeError with a clause that names the line: "line 3: a quote is not closed".
 */
export function parseCsv(text: string): readonly (readonly string[])[] {
  try {
    return parse(text, {
      bom: true,
      skip_empty_lines: true,
      relax_column_count: true,
      record_delimiter: ['\r\n', '\n', '\r'],
    });
  } catch (error) {
    if (!isCsvError(error)) throw error;
    throw new RangeError(`line ${error.lines ?? 1}: ${reasons[error.code] ?? 'it is not CSV'}`);
  }
}

/** The text of a cell as it was before `csv()` kept a spreadsheet from running it. A text that began with `'=` loses its apostrophe. */
export const unescapeCell = (cell: string): string =>
  /^'[=+\-@\uff1d\uff0b\uff0d\uff20]/.test(cell) ? cell.slice(1) : cell;

const reasons: Readonly<Record<string, string>> = {
  CSV_QUOTE_NOT_CLOSED: 'a quote is not closed',
  CSV_INVALID_CLOSING_QUOTE: 'there is text after a closing quote',
  INVALID_OPENING_QUOTE: 'there is a quote in the middle of a cell',
};

const isCsvError = (error: unknown): error is CsvError & { readonly lines?: number } =>
  error instanceof Error && 'code' in error && typeof error.code === 'string';
