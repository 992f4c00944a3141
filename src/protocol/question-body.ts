import type { Step, Turn } from './step.ts';

export type QuestionStep = Exclude<Step, { readonly row: 'health' }>;

/**
 * What a question carries in the guide's contract and in those that derive from it, as JSON text. Fields without a value are left out.
 * By hand: writing whole objects takes three times as long, and this is done for every request.
 */
export function questionBody(step: QuestionStep): string {
  const opening = `{"user_id":${quoted(step.userId)},"context":${quoted(step.context)}`;
  if (step.row === 'automatic') return `${opening}}`;
  if (step.row === 'initial') return `${opening},"previous_messages":[]}`;
  const ids = idsOf(step);
  return `${opening},"previous_messages":[${messagesOf(step.history)}]${ids}}`;
}

function idsOf({ conversationId, sessionId }: { readonly conversationId: string; readonly sessionId: string }): string {
  const conversation = conversationId === '' ? '' : `,"conversation_id":${quoted(conversationId)}`;
  return sessionId === '' ? conversation : `${conversation},"session_id":${quoted(sessionId)}`;
}

function messagesOf(history: readonly Turn[]): string {
  let messages = '';
  for (const { question, answer } of history) {
    if (messages !== '') messages += ',';
    messages += `{"role":"assistant","content":${quoted(question)}},{"role":"user","content":${quoted(answer)}}`;
  }
  return messages;
}

/** All but what a JSON string holds as it is: most texts have none of it. Surrogates are left to the library. */
const special = /[^ !#-[\]-\ud7ff\ue000-\uffff]/;

/** A text as a JSON string. */
export const quoted = (text: string): string => (special.test(text) ? JSON.stringify(text) : `"${text}"`);
