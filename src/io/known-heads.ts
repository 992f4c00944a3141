import { type AnswerHead, headerValue, parseHead } from './answer-head.ts';

/** Heads of a server repeat themselves, but for the date, the length and the session: about as many are remembered. */
const rememberedHeads = 256;

/** Heads that have been parsed, by their text. One for all connections of a transport. */
export class KnownHeads {
  /** When these are many they become the old ones, of which those that still come are taken over. */
  #heads = new Map<string, AnswerHead | null>();
  #old = new Map<string, AnswerHead | null>();
  #last = '';
  #lastHead: AnswerHead | null = null;
  /** How this server writes the beginning of the line that names the session; empty while it has named none. */
  #sessionLine = '';

  /** null when it is no valid head. */
  find(text: string): AnswerHead | null {
    if (text === this.#last) return this.#lastHead;
    const head = this.#sessionLine === '' ? this.#recall(text) : this.#findApart(text);
    if (head !== null && head.session !== '' && this.#sessionLine === '')
      this.#sessionLine = sessionLine.exec(text)?.[0] ?? '';
    this.#last = text;
    this.#lastHead = head;
    return head;
  }

  /**
   * Servers repeat the session in every answer, so that each user would have heads of its own: they are looked up without it.
   */
  #findApart(text: string): AnswerHead | null {
    const line = text.indexOf(this.#sessionLine);
    if (line < 0) return this.#recall(text);
    const begin = line + this.#sessionLine.length;
    const lineEnd = text.indexOf('\r\n', begin);
    const end = lineEnd < 0 ? text.length : lineEnd;
    const session = headerValue(text.slice(begin, end));
    const head = this.#recall(text.slice(0, begin) + text.slice(end));
    // A value that is none, or a second session, which would count: to be looked at as a whole.
    if (head === null || session === null || head.session !== '') return parseHead(text);
    const { status, framing, keepAlive, contentType } = head;
    return { status, framing, keepAlive, contentType, session };
  }

  #recall(text: string): AnswerHead | null {
    const known = this.#heads.get(text);
    if (known !== undefined) return known;
    const old = this.#old.get(text);
    const head = old === undefined ? parseHead(text) : old;
    if (this.#heads.size >= rememberedHeads / 2) {
      this.#old = this.#heads;
      this.#heads = new Map();
    }
    this.#heads.set(text, head);
    return head;
  }
}

const sessionLine = /\r\nmcp-session-id:/i;
