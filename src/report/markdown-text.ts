import { escapeControls } from '../core/escape-controls.ts';

/**
 * A text of a stranger as a part of a Markdown line or table: it stays what it is, whatever it holds, and it mentions nobody and links to
 * nothing.
 */
export const markdownText = (text: string): string =>
  escapeControls(text)
    .replace(special, (found) => entities[found] ?? (apart.test(found) ? inPieces(found) : `\\${found}`))
    .replace(/^[+-](?= )/, '\\$&');

const special = /[\\`*_[\]<>#|~$&@]|:(?=\/\/)|(?<=www)\./gi;
const entities: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '|': '&#124;' };
const apart = /[@#:.]/;

/** What is in an element of its own makes no name, number or address together with what follows. */
const inPieces = (found: string): string => `<span>${found}</span>`;

/** A name in a code span, in which nothing is read as Markdown; a grave accent, which would end it, becomes an apostrophe. */
export const markdownCode = (text: string): string =>
  text === '' ? '' : `\`${escapeControls(text).replaceAll('`', "'").replaceAll('|', '\\|')}\``;
