import { failure } from '../core/failure.ts';
import { compilePointer } from '../core/json-pointer.ts';
import type { Parsed } from './dialect.ts';
import type { ReplyPointers } from './dialect-plan.ts';
import { shownJson } from './shown-json.ts';

/**
 * Reads what the flow needs to know from where the pointers say. A pointer to an id or a question that leads to no text (or number)
 * makes the answer a failure; a conversation is over only where `done` leads to `true` (`false` when negated).
 * @throws RangeError for what is no JSON pointer.
 */
export function replyReader({ conversationId, sessionId, question, done }: ReplyPointers): (json: unknown) => Parsed {
  const texts = ([conversationId, sessionId, question] as const).map((pointer) =>
    pointer === null ? null : { pointer, follow: compilePointer(pointer) },
  );
  const over = done === null ? null : { follow: compilePointer(done.pointer), when: !done.negated };
  return (json) => {
    const found: string[] = [];
    for (const text of texts) {
      const value = text === null ? '' : text.follow(json);
      if (typeof value === 'number' || typeof value === 'string') found.push(String(value));
      if (text !== null && (found.length === 0 || found.at(-1) === '' || !isValue(value)))
        return failure('missing-field', `nothing at ${text.pointer} of ${shownJson(json)}`, 200);
    }
    const [conversation = '', session = '', asked = ''] = found;
    const isOver = over !== null && over.follow(json) === over.when;
    return { ok: true, conversationId: conversation, sessionId: session, question: asked, done: isOver };
  };
}

const isValue = (value: unknown): boolean => typeof value === 'number' || (typeof value === 'string' && value !== '');
