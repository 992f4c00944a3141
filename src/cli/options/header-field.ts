import { isSensitiveHeader } from '../../core/redactor.ts';

/** A header to send with every request. */
export interface HeaderField {
  readonly name: string;
  readonly value: string;
}

/** Headers that HTTP or sqload itself settles for each request; a second one would break the message. */
const reserved = new Set([
  'connection',
  'content-length',
  'content-type',
  'expect',
  'http2-settings',
  'keep-alive',
  'proxy-connection',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
]);

/**
 * Reads `Name: value`.
 * @throws RangeError saying what it must be, without the value.
 */
export function parseHeader(text: string): HeaderField {
  const colon = text.indexOf(':');
  if (colon < 0) throw new RangeError('must be like "Name: value"');
  return checkHeader({ name: text.slice(0, colon).trim(), value: text.slice(colon + 1).trim() });
}

/**
 * The same header, found fit to be sent.
 * @throws RangeError saying what it must be, without the value.
 */
export function checkHeader(header: HeaderField): HeaderField {
  const { name, value } = header;
  if (!isToken(name)) throw new RangeError('must begin with a header name: letters, digits and dashes, then a colon');
  if (reserved.has(name.toLowerCase())) throw new RangeError(`must leave ${name} alone: sqload sets it itself`);
  if (/[^\t\x20-\x7e\u0080-\u00ff]/.test(value))
    throw new RangeError('must have a value of printable characters on one line');
  return header;
}

/** The header for people; the value of one that can carry a secret stays out. */
export const showHeader = ({ name, value }: HeaderField): string =>
  carriesSecret(name) ? `${name}: (set)` : `${name}: ${value}`;

/** A header as it was typed, without its value, since a wrong name may hide a secret; null when there is no name. */
export function maskHeader(text: string): string | null {
  const name = text.slice(0, Math.max(0, text.indexOf(':'))).trim();
  return isToken(name) ? `${name}: …` : null;
}

/** Whether the value of this header must not be seen: the well-known ones, and any name that speaks of a secret. */
export const carriesSecret = (name: string): boolean =>
  isSensitiveHeader(name) ||
  /(^|[-_.])(auth|credentials?|key|passw(or)?d|secret|session|signature|token)s?([-_.]|$)/i.test(name);

const isToken = (name: string): boolean => /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/.test(name);
