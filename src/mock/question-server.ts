import { type Random, uuid } from '../core/random.ts';
import { type Millis, millis } from '../core/units.ts';
import { followUpQuestion, openingQuestion, type QuestionText } from './question-text.ts';
import { RecentMap } from './recent-map.ts';

/** What a client asks of the server, in whatever dialect. */
export type Asked =
  | { readonly kind: 'health' }
  | { readonly kind: 'initial'; readonly context: string }
  | {
      readonly kind: 'follow-up';
      /** Null: there is no conversation yet. */
      readonly conversationId: string | null;
      /** Null when the client left it out. */
      readonly sessionId: string | null;
      /** The user's last one; empty when there is none. */
      readonly answer: string;
    }
  /** The server asks a first question and follows up by itself, `questions` in all. */
  | { readonly kind: 'automatic'; readonly context: string; readonly questions: number };

/** A kind of request that clients count by: a row of their tables. */
export type AskedKind = Asked['kind'];

interface Ids {
  readonly conversationId: string;
  readonly sessionId: string;
}

/** One question, and which of its conversation it is, from 1. */
export interface NumberedQuestion extends QuestionText {
  readonly number: number;
}

/** What the server says to it, before any dialect puts it into words. */
export type QuestionAnswer =
  | { readonly kind: 'health' }
  | (Ids & {
      readonly kind: 'question';
      readonly question: NumberedQuestion;
      /** There is no further question. */
      readonly done: boolean;
    })
  | (Ids & { readonly kind: 'round'; readonly questions: readonly NumberedQuestion[] })
  | { readonly kind: 'refused'; readonly status: 400 | 404; readonly detail: string };

/** How many questions a conversation has; it can be continued beyond. */
export const questionsEstimated = 8;

interface Conversation {
  readonly sessionId: string;
  /** Questions asked so far. */
  questions: number;
}

/** What the server remembers at most, and for how long without use. */
export interface ConversationLimits {
  readonly conversations: number;
  readonly idle: Millis;
}

const defaultLimits: ConversationLimits = { conversations: 50_000, idle: millis(3_600_000) };

/**
 * The server's side of the question flow as a state machine, the same for every dialect. A first question opens a conversation,
 * a follow-up continues it; ids and wording come from the `random` of each request, so that an answer can be made to depend on
 * it alone. Unlike the public upstream, it never hands out an old conversation for a new one, and does not make one up for an id
 * that it does not know: a client that mixes up its ids must not go unnoticed.
 */
export class QuestionServer {
  readonly #conversations: RecentMap<Conversation>;

  constructor({ conversations, idle }: ConversationLimits = defaultLimits) {
    this.#conversations = new RecentMap({ entries: conversations, idle });
  }

  /** Conversations that could be continued. */
  get conversations(): number {
    return this.#conversations.size;
  }

  answer(asked: Asked, random: Random, now: Millis): QuestionAnswer {
    switch (asked.kind) {
      case 'health':
        return asked;
      case 'initial':
        return this.#open(asked.context, random, now);
      case 'follow-up':
        return this.#continue(asked, random, now);
      case 'automatic':
        return this.#round(asked.context, asked.questions, random, now);
    }
  }

  #begin(random: Random, now: Millis): Ids & { conversation: Conversation } {
    const conversationId = uuid(random);
    const conversation: Conversation = { sessionId: uuid(random), questions: 1 };
    this.#conversations.add(conversationId, conversation, now);
    return { conversationId, sessionId: conversation.sessionId, conversation };
  }

  #open(context: string, random: Random, now: Millis): QuestionAnswer {
    const { conversationId, sessionId } = this.#begin(random, now);
    const question = { ...openingQuestion(context, random), number: 1 };
    return { kind: 'question', conversationId, sessionId, question, done: false };
  }

  #continue(asked: Extract<Asked, { kind: 'follow-up' }>, random: Random, now: Millis): QuestionAnswer {
    const answer = asked.answer.trim();
    const known = asked.conversationId === null ? undefined : this.#conversations.find(asked.conversationId, now);
    if (asked.conversationId !== null && !known) return refused(404, 'Conversation not found');
    if (known && asked.sessionId !== null && asked.sessionId !== known.sessionId)
      return refused(404, 'Session not found');
    if (answer === '') return refused(400, 'A follow-up needs an answer of the user in previous_messages');
    const { conversationId, conversation } =
      known && asked.conversationId !== null
        ? { conversationId: asked.conversationId, conversation: known }
        : this.#begin(random, now);
    conversation.questions += 1;
    this.#conversations.use(conversationId, now);
    const number = conversation.questions;
    return {
      kind: 'question',
      conversationId,
      sessionId: conversation.sessionId,
      question: { ...followUpQuestion(answer, number, random), number },
      done: number >= questionsEstimated,
    };
  }

  #round(context: string, count: number, random: Random, now: Millis): QuestionAnswer {
    const { conversationId, sessionId, conversation } = this.#begin(random, now);
    conversation.questions = count;
    const questions = Array.from({ length: count }, (_, n) => ({
      ...(n === 0 ? openingQuestion(context, random) : followUpQuestion(context, n + 1, random)),
      number: n + 1,
    }));
    return { kind: 'round', conversationId, sessionId, questions };
  }
}

const refused = (status: 400 | 404, detail: string): QuestionAnswer => ({ kind: 'refused', status, detail });
