import type { Parsed, Session, SettledStep } from '../protocol/dialect.ts';
import type { Step } from '../protocol/step.ts';
import type { WireReply, WireRequest } from '../protocol/wire.ts';

/** One user's way to a server, in memory or over sockets. */
export interface Line {
  send(request: WireRequest): Promise<WireReply>;
  /** Whether a stream of events that the user held has ended since this was last asked. */
  streamEnded(): boolean;
  close(): Promise<void>;
}

/** A user who asks when told to, with the session that it needs for it: what a virtual user does, without time and chance. */
export class Talker {
  readonly session: Session;
  readonly #line: Line;

  constructor(session: Session, line: Line) {
    this.session = session;
    this.#line = line;
  }

  /** Sets the session up, if it does not stand, in one attempt. */
  async setUp(): Promise<SettledStep> {
    if (this.#line.streamEnded()) this.session.streamEnded();
    for (let step = this.session.next(); step !== null; step = this.session.next()) {
      const settled = this.session.settle(await this.#line.send(step.request));
      if (!settled.ok) return settled;
    }
    return { ok: true };
  }

  /** The answer to one step; the failure of the set-up where that is as far as it got. */
  async ask(step: Step): Promise<Parsed> {
    const settled = await this.setUp();
    if (!settled.ok) return settled;
    return this.session.parse(step, await this.#line.send(this.session.build(step)));
  }

  /** Takes leave in good order, and hangs up. */
  async leave(): Promise<SettledStep> {
    const step = this.session.end();
    const ended = step === null ? ({ ok: true } as const) : this.session.ended(await this.#line.send(step.request));
    await this.#line.close();
    return ended;
  }
}
