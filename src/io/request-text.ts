import type { WireRequest } from '../protocol/wire.ts';

/** What goes before the body of a request, all but the body's length. Made once for many requests. */
export interface Prefix {
  readonly method: string;
  readonly path: string;
  readonly headers: readonly string[];
  readonly text: string;
  /** Headers are one byte a character (RFC 9110, section 5.5), bodies UTF-8: they go together only as ASCII. */
  readonly ascii: boolean;
}

/** Requests of a run come in a few forms; more than these are not worth a search. */
const rememberedPrefixes = 8;

const token = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/;
const fieldValue = /^[\t\x20-\x7e\x80-\xff]*$/;
const target = /^\/[\x21-\xff]*$/;
/** What we say ourselves about the connection and the body. */
const own = new Set(['connection', 'content-length', 'expect', 'keep-alive', 'transfer-encoding', 'upgrade']);

/** Writes requests to one origin as HTTP/1.1 (RFC 9112, sections 3 and 6). */
export class RequestText {
  readonly #host: string;
  readonly #connection: 'keep-alive' | 'close';
  readonly #prefixes: Prefix[] = [];
  #next = 0;

  /** `host` is that of the origin, with its port unless it is the scheme's own. */
  constructor(host: string, connection: 'keep-alive' | 'close') {
    this.#host = host;
    this.#connection = connection;
  }

  /**
   * Request line and the headers that do not depend on the body.
   * @throws RangeError for what would break the message.
   */
  prefix({ method, path, headers }: WireRequest): Prefix {
    for (const known of this.#prefixes)
      if (known.headers === headers && known.path === path && known.method === method) return known;
    const text = this.#compose(method, path, headers);
    const prefix = { method, path, headers, text, ascii: !/[^\0-\x7f]/.test(text) };
    this.#prefixes[this.#next] = prefix;
    this.#next = (this.#next + 1) % rememberedPrefixes;
    return prefix;
  }

  #compose(method: string, path: string, headers: readonly string[]): string {
    if (!target.test(path)) throw new RangeError('the path holds a character that a request cannot carry');
    let host = this.#host;
    let lines = '';
    for (let i = 0; i < headers.length; i += 2) {
      const [name = '', value = ''] = [headers[i], headers[i + 1]];
      const lower = name.toLowerCase();
      if (!token.test(name) || own.has(lower)) throw new RangeError('a header has a name that a request cannot carry');
      if (!fieldValue.test(value)) throw new RangeError(`the header ${name} has a value that a request cannot carry`);
      if (lower === 'host') host = value;
      else lines += `${name}: ${value}\r\n`;
    }
    return `${method} ${path} HTTP/1.1\r\nhost: ${host}\r\nconnection: ${this.#connection}\r\n${lines}`;
  }
}

/** Bytes of the body, and the headers' end that goes with them. */
export function endOfHead(method: WireRequest['method'], bodyBytes: number): string {
  // A POST without a body says so (RFC 9110, section 8.6).
  return bodyBytes > 0 || method === 'POST' ? `content-length: ${bodyBytes}\r\n\r\n` : '\r\n';
}
