/** Where the body of an answer ends: after so many bytes, with its last chunk, or with the connection. */
export type Framing = number | 'chunked' | 'until-close';

/** What the head of an answer, its status line and headers, says about the rest of it. */
export interface AnswerHead {
  readonly status: number;
  readonly framing: Framing;
  /** The connection can carry another request. */
  readonly keepAlive: boolean;
  /** Empty when there is none. */
  readonly contentType: string;
  /** Value of `Mcp-Session-Id`; empty when there is none. */
  readonly session: string;
}

/** The longest head that is read, in bytes; Node's own limit. */
export const longestHead = 16 * 1024;

const token = "[!#$%&'*+.^_`|~0-9A-Za-z-]+";
const text = '[\\t\\x20-\\x7e\\x80-\\xff]*';
/** What the reason says is of no interest (RFC 9112, section 4), so it may say anything. */
const statusLine = /^HTTP\/1\.([01]) ([1-9][0-9]{2})(?: [^\r\n]*)?$/;
const headerLine = new RegExp(`^(${token}):[\\t ]*(${text})$`);
const fieldRest = new RegExp(`^${text}$`);
const headerBegin = new RegExp(`^(?:${token}(?::${text}\\r?)?|\\r)?$`);
const statusBegin = /^HTTP\/1\.[01] [1-9][0-9]{2}(?: [^\r\n]*)?\r?$/;
const statusShape = 'HTTP/1.1 200';

/**
 * Puts together the head of one answer (RFC 9112, sections 4 to 6), line by line, without line ends. As strict as llhttp, which Node and undici
 * use: no line folded over two, no control characters, no second length. Each step returns what is wrong, or null.
 */
export class HeadBuilder {
  #status = 0;
  #minor = 0;
  #length: number | null = null;
  #coding: string | null = null;
  #close = false;
  #keep = false;
  #contentType = '';
  #session = '';

  statusLine(line: string): string | null {
    const match = statusLine.exec(line);
    if (!match) return noStatusLine(line);
    this.#minor = Number(match[1]);
    this.#status = Number(match[2]);
    // Nobody has asked for another protocol, and what comes after it is not HTTP.
    return this.#status === 101 ? 'an upgrade that nobody has asked for' : null;
  }

  header(line: string): string | null {
    const match = headerLine.exec(line);
    if (!match) return 'an invalid header line';
    const [, name = '', value = ''] = match;
    switch (name.length) {
      case 10:
        if (name.toLowerCase() === 'connection') this.#connection(value.toLowerCase());
        return null;
      case 12:
        if (this.#contentType === '' && name.toLowerCase() === 'content-type') this.#contentType = trimmed(value);
        return null;
      case 14:
        return this.#ofFourteen(name.toLowerCase(), trimmed(value));
      case 17:
        // Of several codings the last one frames the body.
        if (name.toLowerCase() === 'transfer-encoding') this.#coding = lastOf(value);
        return null;
      default:
        return null;
    }
  }

  finish(): AnswerHead {
    const framing = this.#framing();
    // Both a length and a coding may be an attempt to smuggle: the coding wins, and the connection is not trusted further.
    const doubtful = this.#coding !== null && this.#length !== null;
    const kept = this.#minor === 1 ? !this.#close : this.#keep && !this.#close;
    return {
      status: this.#status,
      framing,
      keepAlive: kept && framing !== 'until-close' && !doubtful,
      contentType: this.#contentType,
      session: this.#session,
    };
  }

  #framing(): Framing {
    if (this.#status < 200 || this.#status === 204 || this.#status === 304) return 0;
    if (this.#coding !== null) return this.#coding === 'chunked' ? 'chunked' : 'until-close';
    return this.#length ?? 'until-close';
  }

  #ofFourteen(name: string, value: string): string | null {
    if (name === 'mcp-session-id' && this.#session === '') this.#session = value;
    return name === 'content-length' ? this.#contentLength(value) : null;
  }

  #connection(value: string): void {
    for (const option of value.split(',')) {
      if (trimmed(option) === 'close') this.#close = true;
      if (trimmed(option) === 'keep-alive') this.#keep = true;
    }
  }

  #contentLength(value: string): string | null {
    if (this.#length !== null) return 'more than one content-length';
    const length = /^[0-9]+$/.test(value) ? Number(value) : Number.NaN;
    if (!Number.isSafeInteger(length)) return 'a content-length that is no length';
    this.#length = length;
    return null;
  }
}

/** Says so, and how the line begins: that mostly tells what is listening there. The text is the server's: hostile. */
export const noStatusLine = (line: string): string =>
  `no HTTP/1.x answer: it begins with ${JSON.stringify(line.slice(0, 40))}`;

/** Whether a line that is still to be completed may yet become a status line. */
export function mayBeginStatusLine(line: string): boolean {
  if (line.length > statusShape.length) return statusBegin.test(line);
  for (let i = 0; i < line.length; i++) {
    const [expected, found] = [statusShape.charCodeAt(i), line.charCodeAt(i)];
    if (i < 7 || i === 8 ? found !== expected : !isDigit(found)) return false;
  }
  return true;
}

/** Whether a line that is still to be completed may yet become a header or the empty line after the headers. */
export const mayBeginHeader = (line: string): boolean => headerBegin.test(line);

/** The head in a text that holds nothing else, without the empty line at its end; null when anything is wrong with it. */
export function parseHead(head: string): AnswerHead | null {
  const [first = '', ...headers] = head.split('\r\n');
  const builder = new HeadBuilder();
  if (builder.statusLine(first) !== null) return null;
  for (const line of headers) if (builder.header(line) !== null) return null;
  return builder.finish();
}

/** The value that a header has when this follows its colon; null when that is no value. */
export const headerValue = (rest: string): string | null => (fieldRest.test(rest) ? trimmed(rest) : null);

const isDigit = (code: number): boolean => code >= 48 && code <= 57;
const lastOf = (list: string): string => trimmed(list.slice(list.lastIndexOf(',') + 1)).toLowerCase();
/** `trim()` takes more than HTTP's white space. */
const trimmed = (value: string): string => value.replace(/^[\t ]+|[\t ]+$/g, '');
