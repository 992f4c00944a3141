import { type Random, uuid } from '../core/random.ts';
import type { Corpus, Topic } from './corpus.ts';
import { type Parsed, type RowId, rowIds } from './dialect.ts';
import type { Step, Turn } from './step.ts';

/** How often each kind of request is chosen, as weights; 0 leaves it out. At least one is above 0. */
export type Mix = Readonly<Record<RowId, number>>;

/** `growing` sends every question and answer so far; `static` sends the first pair each time, so that bodies keep their size. */
export type History = 'growing' | 'static';

export interface FlowPlan {
  readonly mix: Mix;
  readonly history: History;
  readonly corpus: Corpus;
}

interface Conversation {
  readonly userId: string;
  readonly topic: Topic;
  readonly conversationId: string;
  readonly sessionId: string;
  readonly turns: Turn[];
  /** The question that waits for the user's answer. */
  question: string;
}

/**
 * The question flow of one virtual user as a state machine: `next()` says what to send, `settle()` says what came of it.
 * A user who stays walks on with `next()`; one who comes for a single conversation begins with `open()` and goes on with
 * `goOn()` until that is null.
 *
 * A follow-up without a conversation, or with one that is over (its answers are used up, or the server has no further
 * question), becomes an initial question; each initial
 * question starts a fresh conversation with a fresh user id, and a failed one leaves none. After a failed follow-up the
 * user still owes the same answer.
 */
export class Flow {
  readonly #plan: FlowPlan;
  readonly #choice: Random;
  readonly #ids: Random;
  readonly #topics: Random;
  readonly #total: number;
  #conversation: Conversation | null = null;
  #topic: Topic | null = null;

  constructor(plan: FlowPlan, random: Random) {
    this.#plan = plan;
    this.#choice = random.fork('choice');
    this.#ids = random.fork('ids');
    this.#topics = random.fork('topics');
    this.#total = rowIds.reduce((sum, row) => sum + plan.mix[row], 0);
  }

  next(): Step {
    const row = this.#choose();
    if (row === 'health') return { row };
    if (row === 'automatic') return this.#automatic();
    return (row === 'follow-up' ? this.#followUp() : null) ?? this.#initial();
  }

  /** The first step of a user who comes for one conversation: its first question, or where the mix has none what it has. */
  open(): Step {
    return this.#asks ? this.#initial() : this.next();
  }

  /** The next step of that conversation; null when it is over, since `next()` would begin another one. */
  goOn(): Step | null {
    if (!this.#conversation) return null;
    const row = this.#choose();
    if (row === 'health') return { row };
    if (row === 'automatic') return this.#automatic();
    return row === 'follow-up' ? this.#followUp() : null;
  }

  #initial(): Step {
    const topic = this.#drawTopic();
    this.#topic = topic;
    const { context, answers } = topic;
    return { row: 'initial', userId: uuid(this.#ids), context, answersLeft: answers.length };
  }

  /** A round for a user of its own: the conversation under way stays as it is. */
  #automatic(): Step {
    return { row: 'automatic', userId: uuid(this.#ids), context: this.#drawTopic().context };
  }

  #drawTopic(): Topic {
    const topic = this.#plan.corpus[Math.floor(this.#topics.next() * this.#plan.corpus.length)];
    if (!topic) throw new RangeError('the corpus must hold at least one conversation');
    return topic;
  }

  settle(step: Step, parsed: Parsed): void {
    if (step.row === 'health' || step.row === 'automatic') return;
    if (step.row === 'initial') {
      this.#conversation =
        parsed.ok && !parsed.done && this.#topic
          ? {
              userId: step.userId,
              topic: this.#topic,
              conversationId: parsed.conversationId,
              sessionId: parsed.sessionId,
              turns: [],
              question: parsed.question,
            }
          : null;
      return;
    }
    const conversation = this.#conversation;
    if (!parsed.ok || !conversation) return;
    if (parsed.done) {
      this.#conversation = null;
      return;
    }
    const answer = conversation.topic.answers[conversation.turns.length] ?? '';
    conversation.turns.push({ question: conversation.question, answer });
    conversation.question = parsed.question;
  }

  get #asks(): boolean {
    return this.#plan.mix.initial + this.#plan.mix['follow-up'] > 0;
  }

  #choose(): RowId {
    const { health, initial, automatic } = this.#plan.mix;
    const at = this.#choice.next() * this.#total;
    if (at < health) return 'health';
    if (at < health + initial) return 'initial';
    return at < this.#total - automatic ? 'follow-up' : 'automatic';
  }

  /** null without a conversation, or when all its answers were given. */
  #followUp(): Step | null {
    const conversation = this.#conversation;
    const answer = conversation?.topic.answers[conversation.turns.length];
    if (!conversation || answer === undefined) return null;
    const { userId, topic, conversationId, sessionId, turns, question } = conversation;
    const growing = [...turns, { question, answer }];
    const history = this.#plan.history === 'growing' ? growing : growing.slice(0, 1);
    const turn = growing.length;
    const answersLeft = topic.answers.length - turn;
    return { row: 'follow-up', userId, context: topic.context, conversationId, sessionId, history, turn, answersLeft };
  }
}
