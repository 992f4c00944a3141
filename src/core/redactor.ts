/** Takes secrets out of a text. Every text that a server wrote passes one before it reaches an output. */
export type Redactor = (text: string) => string;

const mask = '[redacted]';
const sensitiveHeader = /^(authorization|proxy-authorization|cookie|set-cookie|x-api-key|api-key|x-auth-token)$/i;

/** Whether the value of a header of this name is a secret. */
export const isSensitiveHeader = (name: string): boolean => sensitiveHeader.test(name.trim());

/**
 * A redactor for these secrets in every form in which a server can echo them (as they are, JSON-, URL- or HTML-escaped
 * character by character, hex, base64 alone or amid other text), for user-info in URLs, and for the values of Authorization,
 * Cookie and X-API-Key whoever set them.
 */
export function createRedactor(secrets: readonly string[]): Redactor {
  const given = [...new Set(secrets.filter((secret) => secret !== ''))].sort((a, b) => b.length - a.length);
  const patterns = [...given.map(spellings), ...given.flatMap(encodedForms).map(escapeRegExp)];
  const known = patterns.length === 0 ? null : new RegExp(patterns.join('|'), 'gi');
  return (text) => {
    let clean = known ? text.replace(known, mask) : text;
    clean = clean.replace(/\b([a-z][a-z0-9+.-]{0,30}:\/\/)[^/\s"'@]+@/gi, `$1${mask}@`);
    // A token, not a word: "Bearer authentication failed" stays readable.
    clean = clean.replace(/\b(bearer\s+)(?=\S*[\d._~+/=-])[A-Za-z0-9._~+/=-]{8,}/gi, `$1${mask}`);
    return clean.replace(
      /\b((?:proxy-)?authorization|(?:set-)?cookie|x-api-key|api[-_]key)(["']?\s*[:=]\s*)(?!\[redacted\])("(?:[^"\\]|\\.)*"|'[^']*'|[^\r\n,}]+)/gi,
      `$1$2${mask}`,
    );
  };
}

/** A pattern of the secret in which each character may be escaped in its own way: who escapes what, and how often, differs. */
const spellings = (secret: string): string => [...secret].map(spellingsOf).join('');

const htmlNames: Readonly<Record<string, string>> = { '&': 'amp', '<': 'lt', '>': 'gt', '"': 'quot', "'": 'apos' };

/** All repetitions are bounded: a hostile server's megabyte must not cost more than a glance. */
function spellingsOf(character: string): string {
  const hex = (code: number, digits = 0): string => code.toString(16).padStart(digits, '0');
  const code = character.codePointAt(0) ?? 0;
  const units = character.split('').map((unit) => `\\\\{1,8}u${hex(unit.charCodeAt(0), 4)}`);
  const bytes = Array.from(new TextEncoder().encode(character), (byte) => `%(?:25)?${hex(byte, 2)}`);
  const names = [`#0{0,5}${code}`, `#x0{0,5}${hex(code)}`, htmlNames[character] ?? []].flat();
  return `(?:\\\\{0,8}${escapeRegExp(character)}|${units.join('')}|${bytes.join('')}|&(?:amp;)?(?:${names.join('|')});)`;
}

/** Shorter ones would be found by chance in other text. */
const leastBase64 = 6;

/** Hex and base64 of the secret, and what base64 makes of the secret amid other text; the longest first. */
function encodedForms(secret: string): string[] {
  const bytes = new TextEncoder().encode(secret);
  const within = [0, 1, 2].map((offset) => base64Within(bytes, offset)).filter(({ length }) => length >= leastBase64);
  const forms = [btoa(String.fromCharCode(...bytes)), ...within];
  const hex = Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
  return [
    ...(hex.length < 2 * leastBase64 ? [] : [hex]),
    ...forms,
    ...forms.map((text) => text.replaceAll('+', '-').replaceAll('/', '_')),
  ].sort((a, b) => b.length - a.length);
}

/** What base64 makes of these bytes wherever `offset` others (modulo 3) precede them: the characters that hold nothing else. */
function base64Within(bytes: Uint8Array, offset: number): string {
  const text = btoa(String.fromCharCode(...new Uint8Array(offset), ...bytes));
  return text.slice(Math.ceil((offset * 8) / 6), Math.floor(((offset + bytes.length) * 8) / 6));
}

const escapeRegExp = (text: string): string => text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
