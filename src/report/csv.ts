import { stringify } from 'csv-stringify/sync';
import { escapeControls } from '../core/escape-controls.ts';

export type CsvCell = string | number;

/**
 * Rows as text in the dialect of Python's csv module: commas, CRLF after every line, quotes only where they are needed.
 * A text that a spreadsheet would run as a formula gets an apostrophe in front; control characters are spelled.
 */
export const csv = (rows: readonly (readonly CsvCell[])[]): string =>
  rows.map((row) => `${row.map(written).join(',')}\r\n`).join('');

/** What stands in a file as it is: most cells are such, and to look for all that could be amiss takes ten times as long. */
const plain = /^[\w.][\w .:%/-]*$/;

const written = (cell: CsvCell): string =>
  typeof cell === 'number' || cell === '' || plain.test(cell)
    ? String(cell)
    : stringify([[escapeControls(cell)]], { eof: false, escape_formulas: true });
