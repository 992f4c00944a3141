import { StringDecoder } from 'node:string_decoder';
import { EventParser } from '../protocol/event-parser.ts';
import type { ServerEvent } from '../protocol/wire.ts';
import type { AnswerHead } from './answer-head.ts';

const eventStream = /^text\/event-stream[\t ]*(?:;|$)/i;

/** Whether the body that follows is a stream of server-sent events. What else an error may come as, it is the answer as it is. */
export const isEventStream = ({ status, contentType }: AnswerHead): boolean =>
  status >= 200 && status < 300 && eventStream.test(contentType);

/** What is wrong with a stream that has become `tooLong`. */
export const longEvent = 'an event, or a line of one, is longer than 1 MiB';

/** Server-sent events out of the bytes of a body, in pieces of any size. */
export class EventStream {
  readonly #parser = new EventParser();
  /** null: no piece has ended within a character yet. */
  #decoder: StringDecoder | null = null;

  /** There was an event of more than 1 MiB: nothing after it is read. */
  get tooLong(): boolean {
    return this.#parser.tooLong;
  }

  /** Takes the next piece, whose bytes stay the caller's. All events of the one before must have been taken. */
  push(bytes: Buffer): void {
    this.#parser.push(this.#decode(bytes));
  }

  /** The next event that is complete; null: none until there is another piece. */
  next(): ServerEvent | null {
    return this.#parser.next();
  }

  #decode(bytes: Buffer): string {
    if (this.#decoder === null) {
      // Nearly every piece ends with a line, and a decoder costs more than reading it.
      if ((bytes[bytes.length - 1] ?? 0) < 0x80) return bytes.toString('utf8');
      this.#decoder = new StringDecoder('utf8');
    }
    return this.#decoder.write(bytes);
  }
}
