import type { StreamSink } from '../mock/event-stream.ts';
import type { EventAnswer, ServerEvent } from '../protocol/wire.ts';

/** Who waits for an event of a stream. */
export interface Listener {
  readonly isAnswer: EventAnswer['isAnswer'];
  /** The event that is the answer has come. */
  heard(data: string): void;
  /** The stream has ended before. */
  lost(): void;
}

/** The client's end of a stream of events, in virtual time. */
export class SimulatedStream implements StreamSink {
  readonly #onEnd: () => void;
  #text = '';
  #listener: Listener | null = null;

  constructor(onEnd: () => void) {
    this.#onEnd = onEnd;
  }

  listen(listener: Listener): void {
    this.#listener = listener;
  }

  write(text: string): void {
    const { events, rest } = takeEvents(this.#text + text);
    this.#text = rest;
    for (const event of events) {
      const listener = this.#listener;
      if (!listener?.isAnswer(event)) continue;
      this.#listener = null;
      listener.heard(event.data);
    }
  }

  end(): void {
    this.#onEnd();
    this.#listener?.lost();
    this.#listener = null;
  }

  cut(text: string): void {
    this.write(text);
    this.end();
  }
}

/** The events of a text as the reference server writes them, and what follows the last whole one. */
export function takeEvents(text: string): { readonly events: readonly ServerEvent[]; readonly rest: string } {
  const blocks = text.replaceAll('\r\n', '\n').split('\n\n');
  const rest = blocks.pop() ?? '';
  return { events: blocks.map(readEvent), rest };
}

function readEvent(block: string): ServerEvent {
  const fields = new Map(block.split('\n').map((line) => [line.split(':', 1)[0], line.replace(/^[^:]*: ?/, '')]));
  return { type: fields.get('event') ?? 'message', data: fields.get('data') ?? '' };
}
