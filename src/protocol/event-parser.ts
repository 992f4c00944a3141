import type { ServerEvent } from './wire.ts';

/** The longest event that is read, and the longest line, in characters; as much as is kept of a body. */
export const longestEvent = 1024 * 1024;

/**
 * Reads a stream of server-sent events from text in pieces of any size (HTML standard, section 9.2.6). An event with `data:` and nothing
 * behind it has empty data, as the standard wants it: MCP servers begin with one, for its `id`, and whoever looks for an answer
 * passes it over. An event without any `data` is none, and neither is one that the stream does not end with an empty line.
 * `id` and `retry` are for resuming a stream, which nobody does here.
 */
export class EventParser {
  /** There was an event, or a line, of more than `longestEvent`: nothing after it is read. */
  tooLong = false;
  #piece = '';
  #at = 0;
  /** Where the next LF and CR of the piece are, as far as is known; -1: there is no more. */
  #lf = -1;
  #cr = -1;
  /** What came of the line that is being read. */
  #line = '';
  /** The line before ended in CR: a LF that comes next is a part of its end. */
  #afterCr = false;
  #begun = false;
  #type = '';
  /** null: the event has no data yet. */
  #data: string | null = null;

  /** Takes the next piece. Of the one before, all events must have been taken, unless nobody wants them any more. */
  push(piece: string): void {
    this.#piece = piece;
    this.#at = 0;
    if (!this.#begun && piece !== '') {
      this.#begun = true;
      if (piece.startsWith('\ufeff')) this.#at = 1;
    }
    this.#lf = piece.indexOf('\n', this.#at);
    this.#cr = piece.indexOf('\r', this.#at);
  }

  /** The next event that is complete; null: none until there is another piece. */
  next(): ServerEvent | null {
    while (!this.tooLong) {
      const line = this.#nextLine();
      if (line === null) return null;
      if (line !== '') this.#field(line);
      else {
        const [type, data] = [this.#type, this.#data];
        this.#type = '';
        this.#data = null;
        if (data !== null) return { type: type === '' ? 'message' : type, data };
      }
    }
    return null;
  }

  /** Without its end; null when it is not complete. */
  #nextLine(): string | null {
    const piece = this.#piece;
    if (this.#afterCr && this.#at < piece.length) {
      this.#afterCr = false;
      if (this.#lf === this.#at) this.#at += 1;
    }
    if (this.#lf >= 0 && this.#lf < this.#at) this.#lf = piece.indexOf('\n', this.#at);
    if (this.#cr >= 0 && this.#cr < this.#at) this.#cr = piece.indexOf('\r', this.#at);
    const end = this.#cr < 0 || (this.#lf >= 0 && this.#lf < this.#cr) ? this.#lf : this.#cr;
    const part = piece.slice(this.#at, end < 0 ? piece.length : end);
    // Looked at as it grows, lest one waits for the end of a line without end.
    if (this.#held + this.#line.length + part.length > longestEvent) {
      this.tooLong = true;
      return null;
    }
    this.#at = end < 0 ? piece.length : end + 1;
    if (end < 0) {
      this.#line += part;
      return null;
    }
    this.#afterCr = end === this.#cr;
    const line = this.#line === '' ? part : this.#line + part;
    this.#line = '';
    return line;
  }

  get #held(): number {
    return this.#type.length + (this.#data?.length ?? 0);
  }

  #field(line: string): void {
    const colon = line.indexOf(':');
    const name = colon < 0 ? line : line.slice(0, colon);
    const value = colon < 0 ? '' : line.slice(line[colon + 1] === ' ' ? colon + 2 : colon + 1);
    if (name === 'data') this.#data = this.#data === null ? value : `${this.#data}\n${value}`;
    else if (name === 'event') this.#type = value;
  }
}
