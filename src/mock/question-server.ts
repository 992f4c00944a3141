import { type Random, uuid } from '../core/random.ts';
import { type Millis, millis, plus } from '../core/units.ts';
import { type HttpReply, jsonReply } from './http-reply.ts';
import type { Message, QuestionRequest } from './question-request.ts';
import { followUpQuestion, openingQuestion, type QuestionText } from './question-text.ts';

interface Conversation {
  readonly sessionId: string;
  /** Questions asked so far. */
  questions: number;
  lastUsed: Millis;
}

/** What the server remembers at most, and for how long without use: the longest unused conversations go first. */
export interface ConversationLimits {
  readonly conversations: number;
  readonly idle: Millis;
}

const defaultLimits: ConversationLimits = { conversations: 50_000, idle: millis(3_600_000) };

/**
 * The server's side of the question flow as a state machine. A first question opens a conversation, a follow-up continues
 * it; ids and wording come from the `random` of each request, so that a reply can be made to depend on it alone.
 */
export class QuestionServer {
  readonly #limits: ConversationLimits;
  /** In the order of last use, the oldest first. */
  readonly #conversations = new Map<string, Conversation>();
  #nextSweep: Millis | null = null;

  constructor(limits: ConversationLimits = defaultLimits) {
    this.#limits = limits;
  }

  /** Conversations that could be continued. */
  get conversations(): number {
    return this.#conversations.size;
  }

  reply(request: QuestionRequest, random: Random, now: Millis): HttpReply {
    switch (request.kind) {
      case 'health':
        return jsonReply(200, { status: 'ok', service: 'sqload mock' });
      case 'initial':
        return this.#open(request.context, random, now);
      case 'follow-up':
        return this.#continue(request.conversationId, request.sessionId, request.messages, random, now);
      case 'refused':
        return request.reply;
    }
  }

  #open(context: string, random: Random, now: Millis): HttpReply {
    const conversationId = uuid(random);
    const conversation: Conversation = { sessionId: uuid(random), questions: 1, lastUsed: now };
    this.#conversations.set(conversationId, conversation);
    this.#forget(now);
    return questionReply(conversationId, conversation, openingQuestion(context, random));
  }

  #continue(
    conversationId: string,
    sessionId: string | null,
    messages: readonly Message[],
    random: Random,
    now: Millis,
  ): HttpReply {
    const conversation = this.#conversations.get(conversationId);
    if (!conversation || this.#isForgotten(conversation, now))
      return jsonReply(404, { detail: 'Conversation not found' });
    if (sessionId !== null && sessionId !== conversation.sessionId)
      return jsonReply(404, { detail: 'Session not found' });
    const answer = messages.findLast((message) => message.role === 'user')?.content.trim() ?? '';
    if (answer === '')
      return jsonReply(400, { detail: 'A follow-up needs an answer of the user in previous_messages' });
    conversation.questions += 1;
    conversation.lastUsed = now;
    this.#conversations.delete(conversationId);
    this.#conversations.set(conversationId, conversation);
    return questionReply(conversationId, conversation, followUpQuestion(answer, conversation.questions, random));
  }

  #isForgotten({ lastUsed }: Conversation, now: Millis): boolean {
    return now - lastUsed > this.#limits.idle;
  }

  /** In batches: the first entry of a map in which much was deleted is costly to find. */
  #forget(now: Millis): void {
    const { conversations: most, idle } = this.#limits;
    this.#nextSweep ??= plus(now, idle);
    const size = this.#conversations.size;
    if (size <= most && now < this.#nextSweep) return;
    const kept = size > most ? Math.ceil((most * 15) / 16) : most;
    this.#nextSweep = plus(now, millis(idle / 60));
    for (const [id, conversation] of this.#conversations) {
      if (this.#conversations.size <= kept && !this.#isForgotten(conversation, now)) return;
      this.#conversations.delete(id);
    }
  }
}

const questionReply = (
  conversationId: string,
  { sessionId, questions }: Conversation,
  { type, text }: QuestionText,
): HttpReply =>
  jsonReply(200, {
    conversation_id: conversationId,
    session_id: sessionId,
    question: text,
    question_number: questions,
    question_type: type,
  });
