import type { WireRequest } from '../protocol/wire.ts';

/** What goes before the body of a request, all but the body's length. Made once for many requests. */
export interface Prefix {
  readonly method: string;
  readonly path: string;
  readonly text: string;
  /** Headers are one byte a character (RFC 9110, section 5.5), bodies UTF-8: they go together only as ASCII. */
  readonly ascii: boolean;
}

/** What requests with the same headers have in common. With sessions every user has headers of its own. */
interface Form {
  /** What follows method and path. */
  readonly text: string;
  readonly prefixes: Prefix[];
  /** The place of the next prefix. */
  next: number;
}

/** Of requests with the same headers; more than these, as where paths hold an id, are not worth a search. */
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
  /** By the array of headers itself, for as long as somebody uses it. */
  readonly #forms = new WeakMap<readonly string[], Form>();

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
    const form = this.#forms.get(headers) ?? this.#form(headers);
    for (const known of form.prefixes) if (known.path === path && known.method === method) return known;
    if (!target.test(path)) throw new RangeError('the path holds a character that a request cannot carry');
    const text = `${method} ${path}${form.text}`;
    const prefix = { method, path, text, ascii: !/[^\0-\x7f]/.test(text) };
    form.prefixes[form.next] = prefix;
    form.next = (form.next + 1) % rememberedPrefixes;
    return prefix;
  }

  #form(headers: readonly string[]): Form {
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
    const text = ` HTTP/1.1\r\nhost: ${host}\r\nconnection: ${this.#connection}\r\n${lines}`;
    const form = { text, prefixes: [], next: 0 };
    this.#forms.set(headers, form);
    return form;
  }
}

/** Bytes of the body, and the headers' end that goes with them. */
export function endOfHead(method: WireRequest['method'], bodyBytes: number): string {
  // A POST without a body says so (RFC 9110, section 8.6).
  return bodyBytes > 0 || method === 'POST' ? `content-length: ${bodyBytes}\r\n\r\n` : '\r\n';
}
