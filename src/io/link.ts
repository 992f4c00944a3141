import type { Socket } from 'node:net';
import type { Clock } from '../core/clock.ts';
import { type Millis, millis } from '../core/units.ts';
import { AnswerParser } from './answer-parser.ts';
import { WireFault } from './classify-error.ts';
import { type Dialler, isResumed } from './dialler.ts';
import type { KnownHeads } from './known-heads.ts';

/** How a connection came about. */
export interface Opening {
  readonly connect: Millis;
  /** 0 without TLS. */
  readonly tls: Millis;
  readonly resumed: boolean;
}

/** Whose connection it is. */
export interface LinkOwner {
  opened(opening: Opening): void;
  /** Bytes from the server, valid during the call only. */
  read(length: number, bytes: Buffer): void;
  /** The other side will send nothing more. */
  ended(): void;
  failed(error: unknown): void;
}

export interface LinkSettings {
  readonly clock: Clock;
  readonly dialler: Dialler;
  readonly heads: KnownHeads;
}

/** One connection, from its opening to its loss. Once it was dropped its owner hears no more of it. */
export class Link {
  readonly parser: AnswerParser;
  ready = false;
  #owner: LinkOwner | null;
  readonly #clock: Clock;
  readonly #secure: boolean;
  readonly #started: Millis;
  #reached: Millis;
  readonly #socket: Socket;

  constructor({ clock, dialler, heads }: LinkSettings, owner: LinkOwner) {
    this.parser = new AnswerParser(heads);
    this.#owner = owner;
    this.#clock = clock;
    this.#secure = dialler.secure;
    this.#started = clock.now();
    this.#reached = this.#started;
    this.#socket = dialler.dial(this.#read);
    this.#socket.on('error', this.#failed).on('end', this.#ended).on('close', this.#closed);
    if (this.#secure) {
      this.#socket.once('connect', () => {
        this.#reached = clock.now();
      });
    }
    this.#socket.once(this.#secure ? 'secureConnect' : 'connect', () => this.#opened());
  }

  write(text: string, encoding: 'latin1' | 'utf8'): void {
    this.#socket.write(text, encoding);
  }

  /** Both in one packet, if they fit. */
  writeBoth(head: string, body: string): void {
    this.#socket.cork();
    this.#socket.write(head, 'latin1');
    this.#socket.write(body, 'utf8');
    this.#socket.uncork();
  }

  drop(): void {
    this.#owner = null;
    this.#socket.destroy();
  }

  /** The same; resolves when the connection is gone. */
  dropped(): Promise<void> {
    this.#owner = null;
    if (this.#socket.closed) return Promise.resolve();
    return new Promise((resolve) => {
      this.#socket.once('close', () => resolve()).destroy();
    });
  }

  #opened(): void {
    const ended = this.#clock.now();
    this.ready = true;
    this.#owner?.opened({
      connect: millis(ended - this.#started),
      tls: millis(this.#secure ? ended - this.#reached : 0),
      resumed: isResumed(this.#socket),
    });
  }

  readonly #read = (length: number, bytes: Buffer): boolean => {
    this.#owner?.read(length, bytes);
    return true;
  };

  readonly #ended = (): void => this.#owner?.ended();

  readonly #failed = (error: unknown): void => this.#owner?.failed(error);

  /** All else that ends a socket has told of it before. */
  readonly #closed = (): void => this.#owner?.failed(new WireFault('closed', 'the connection is gone'));
}
