import {
  type AnswerHead,
  HeadBuilder,
  longestHead,
  mayBeginHeader,
  mayBeginStatusLine,
  noStatusLine,
} from './answer-head.ts';
import type { KnownHeads } from './known-heads.ts';

/** Gets an answer as it is read. */
export interface AnswerListener {
  /** First byte of an answer, be it an interim one. */
  answerBegins(): void;
  /** The head of the final answer. */
  answerHead(head: AnswerHead): void;
  /** Bytes of its body. They are the reader's: valid only during the call. */
  answerBody(bytes: Buffer): void;
}

/** `more`: the answer is not over; `invalid`: it is no HTTP, and `fault` says why. */
export type Progress = 'more' | 'whole' | 'invalid';

type State =
  | 'begin'
  | 'status'
  | 'header'
  | 'length'
  | 'chunk-size'
  | 'chunk'
  | 'chunk-end'
  | 'trailer'
  | 'until-close';

const emptyLine = Buffer.from('\r\n\r\n');
const [cr, lf] = [13, 10];
const token = "[!#$%&'*+.^_`|~0-9A-Za-z-]+";
const quoted = '"(?:[\\t\\x20\\x21\\x23-\\x5b\\x5d-\\x7e\\x80-\\xff]|\\\\[\\t\\x20-\\x7e\\x80-\\xff])*"';
const chunkSize = new RegExp(`^([0-9A-Fa-f]+)(?:;${token}(?:=(?:${token}|${quoted}))?)*$`);
const chunkSizeBegin = /^(?:[0-9A-Fa-f]+(?:;[\t\x20-\x7e\x80-\xff]*)?\r?)?$/;

/**
 * Reads HTTP/1.1 answers to GET, POST and DELETE, one after the other, from bytes in pieces of any size (RFC 9112). It is as strict as llhttp:
 * doubtful bytes are a failure of the server, and not guessed at.
 */
export class AnswerParser {
  /** What is wrong with the answer; empty while nothing is. */
  fault = '';
  /** Bytes after the end of the answer, in the piece that ended it. */
  excess = 0;
  readonly #known: KnownHeads;
  #state: State = 'begin';
  /** What came of the line that is being read. */
  #line = '';
  #headBytes = 0;
  #builder: HeadBuilder | null = null;
  /** Of a body or a chunk. */
  #left = 0;
  /** The head that was just read is the whole answer. */
  #over = false;

  constructor(known: KnownHeads) {
    this.#known = known;
  }

  /** Whether the close of the connection is the end of the answer. */
  get endsWithConnection(): boolean {
    return this.#state === 'until-close';
  }

  /**
   * The head of the answer if it is all of these bytes with a body of known length: nearly every answer is.
   * Otherwise null, and nothing was read. The body is the `framing` bytes at the end.
   */
  readWhole(bytes: Buffer, end: number): AnswerHead | null {
    if (this.#state !== 'begin' || end < 16) return null;
    const headEnd = bytes.indexOf(emptyLine);
    if (headEnd < 0 || headEnd + 4 > end || headEnd > longestHead) return null;
    const head = this.#known.find(bytes.toString('latin1', 0, headEnd));
    return head !== null && head.status >= 200 && head.framing === end - headEnd - 4 ? head : null;
  }

  /** Reads on. After `whole` it is ready for the next answer, of which `excess` bytes were there already, unread. */
  read(piece: Buffer, listener: AnswerListener): Progress {
    let at = 0;
    while (true) {
      switch (this.#state) {
        case 'begin':
          // Empty lines before an answer are skipped (RFC 9112, section 2.2).
          while (piece[at] === cr || piece[at] === lf) at += 1;
          if (at >= piece.length) return 'more';
          listener.answerBegins();
          at = this.#readHead(piece, at, listener);
          if (this.#over) return this.#end(piece.length - at);
          break;
        case 'length':
        case 'chunk':
        case 'until-close': {
          if (at >= piece.length) return 'more';
          const taken = Math.min(this.#left, piece.length - at);
          listener.answerBody(taken === piece.length ? piece : piece.subarray(at, at + taken));
          at += taken;
          this.#left -= taken;
          if (this.#left > 0) return 'more';
          if (this.#state === 'length') return this.#end(piece.length - at);
          this.#state = 'chunk-end';
          break;
        }
        default: {
          if (at >= piece.length) return 'more';
          const found = piece.indexOf(lf, at);
          const next = found < 0 ? piece.length : found + 1;
          const progress = this.#readLine(piece.toString('latin1', at, next), found >= 0, listener);
          at = next;
          if (progress === 'whole') return this.#end(piece.length - at);
          if (progress === 'invalid') return progress;
        }
      }
    }
  }

  /** Reads the head if all of it is there; if not, or if it is wrong, it is left to be read line by line. */
  #readHead(piece: Buffer, at: number, listener: AnswerListener): number {
    const headEnd = piece.indexOf(emptyLine, at);
    const whole = headEnd > 0 && headEnd - at <= longestHead;
    const head = whole ? this.#known.find(piece.toString('latin1', at, headEnd)) : null;
    this.#over = false;
    if (head === null) {
      this.#headBytes = 0;
      this.#builder = new HeadBuilder();
      this.#state = 'status';
      return at;
    }
    this.#over = this.#beginBody(head, listener) === 'whole';
    return headEnd + emptyLine.length;
  }

  /** Takes a line, or a part of one: then it is looked at as far as it goes, lest one waits for the rest of nonsense. */
  #readLine(part: string, ends: boolean, listener: AnswerListener): Progress {
    this.#headBytes += part.length;
    if (this.#headBytes > longestHead) return this.#invalid('a head, or lines between chunks, of more than 16 KiB');
    const line = this.#line + part;
    if (!ends) {
      this.#line = line;
      const fault = this.#wrongBegin(line);
      return fault === null ? 'more' : this.#invalid(fault);
    }
    this.#line = '';
    if (!line.endsWith('\r\n')) return this.#invalid('a line that does not end in CR LF');
    return this.#wholeLine(line.slice(0, -2), listener);
  }

  #wholeLine(line: string, listener: AnswerListener): Progress {
    const builder = this.#builder;
    if (this.#state === 'chunk-size') return this.#beginChunk(line);
    if (this.#state === 'chunk-end') {
      this.#state = 'chunk-size';
      this.#headBytes = 0;
      return line === '' ? 'more' : this.#invalid(wrongLine.chunkEnd);
    }
    if (this.#state === 'trailer') {
      if (line === '') return 'whole';
      // Trailers are checked, and otherwise of no interest.
      const fault = new HeadBuilder().header(line);
      return fault === null ? 'more' : this.#invalid(fault);
    }
    if (builder === null) return 'more';
    if (this.#state === 'header' && line === '') return this.#beginBody(builder.finish(), listener);
    const fault = this.#state === 'status' ? builder.statusLine(line) : builder.header(line);
    this.#state = 'header';
    return fault === null ? 'more' : this.#invalid(fault);
  }

  #beginBody(head: AnswerHead, listener: AnswerListener): Progress {
    this.#builder = null;
    this.#headBytes = 0;
    if (head.status < 200) {
      this.#state = 'begin';
      return 'more';
    }
    listener.answerHead(head);
    if (head.framing === 0) return 'whole';
    if (head.framing === 'chunked') this.#state = 'chunk-size';
    else {
      this.#left = head.framing === 'until-close' ? Number.POSITIVE_INFINITY : head.framing;
      this.#state = head.framing === 'until-close' ? 'until-close' : 'length';
    }
    return 'more';
  }

  #beginChunk(line: string): Progress {
    const size = Number.parseInt(chunkSize.exec(line)?.[1] ?? '', 16);
    if (!Number.isSafeInteger(size)) return this.#invalid(wrongLine.chunkSize);
    this.#headBytes = 0;
    this.#left = size;
    this.#state = size === 0 ? 'trailer' : 'chunk';
    return 'more';
  }

  /** What is wrong with the beginning of a line, however it goes on. */
  #wrongBegin(line: string): string | null {
    if (this.#state === 'status') return mayBeginStatusLine(line) ? null : noStatusLine(line);
    if (this.#state === 'chunk-size') return chunkSizeBegin.test(line) ? null : wrongLine.chunkSize;
    if (this.#state === 'chunk-end') return line === '\r' ? null : wrongLine.chunkEnd;
    return mayBeginHeader(line) ? null : wrongLine.header;
  }

  #end(excess: number): Progress {
    this.#state = 'begin';
    this.excess = excess;
    return 'whole';
  }

  #invalid(fault: string): Progress {
    this.fault = fault;
    return 'invalid';
  }
}

const wrongLine = {
  header: 'an invalid header line',
  chunkSize: 'a chunk whose size is no number',
  chunkEnd: 'a chunk that is longer than its size',
} as const;
