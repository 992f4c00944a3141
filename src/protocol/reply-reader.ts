import { failure } from '../core/failure.ts';
import { compilePointer } from '../core/json-pointer.ts';
import type { Parsed } from './dialect.ts';
import type { ReplyPointers } from './dialect-plan.ts';
import { shownJson } from './shown-json.ts';

/**
 * Reads what the flow needs to know from where the pointers say. A pointer to an id or a question that leads to no text (or number)
 * makes the answer a failure, and so does one to `done` that leads to something else than true or false. A flag that is set at the
 * end only may be missing before; one that says that the conversation goes on (negated) may not.
 * @throws RangeError for what is no JSON pointer.
 */
export function replyReader({ conversationId, sessionId, question, done }: ReplyPointers): (json: unknown) => Parsed {
  const texts = { conversationId: reader(conversationId), sessionId: reader(sessionId), question: reader(question) };
  const over = done === null ? null : { ...done, follow: compilePointer(done.pointer) };
  return (json) => {
    const found = { conversationId: '', sessionId: '', question: '' };
    for (const name of names) {
      const text = texts[name];
      if (text === null) continue;
      const value = text.follow(json);
      if (typeof value !== 'number' && (typeof value !== 'string' || value === ''))
        return failure('missing-field', `nothing at ${text.pointer} of ${shownJson(json)}`, 200);
      found[name] = String(value);
    }
    const flag = over?.follow(json) ?? (over?.negated ? null : false);
    if (over !== null && typeof flag !== 'boolean')
      return failure('missing-field', `neither true nor false at ${over.pointer} (done) of ${shownJson(json)}`, 200);
    return { ok: true, ...found, done: over !== null && flag !== over.negated };
  };
}

const names = ['conversationId', 'sessionId', 'question'] as const;

const reader = (pointer: string | null) => (pointer === null ? null : { pointer, follow: compilePointer(pointer) });
