import type { HttpReply } from './http-reply.ts';
import { isObject } from './mock-request.ts';
import type { Asked } from './question-server.ts';

/** A question that was understood, or the reply that refuses it. */
export type QuestionRequest = Asked | { readonly kind: 'refused'; readonly reply: HttpReply };

/** What the user said last, in messages that were found valid; empty when that is nothing. Roles may be in any case. */
export function lastAnswer(messages: readonly unknown[]): string {
  const last = messages.findLast((message) => isObject(message) && String(message['role']).toLowerCase() === 'user');
  return isObject(last) ? String(last['content']) : '';
}
