import { stringify } from 'csv-stringify/sync';
import { escapeControls } from '../core/escape-controls.ts';

export type CsvCell = string | number;

/**
 * Rows as text in the dialect of Python's csv module: commas, CRLF after every line, quotes only where they are needed.
 * A text that a spreadsheet would run as a formula gets an apostrophe in front; control characters are spelled.
 */
export const csv = (rows: readonly (readonly CsvCell[])[]): string =>
  stringify(
    rows.map((row) => row.map((cell) => (typeof cell === 'string' ? escapeControls(cell) : cell))),
    { record_delimiter: '\r\n', escape_formulas: true },
  );
