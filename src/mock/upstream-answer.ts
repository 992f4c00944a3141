import type { FaultKind } from './fault.ts';
import { type AskedKind, type NumberedQuestion, type QuestionAnswer, questionsEstimated } from './question-server.ts';

/** Status and JSON of an answer, before it is put into an HTTP reply or into the result of a tool. */
export interface UpstreamAnswer {
  readonly status: number;
  readonly json: unknown;
}

/**
 * An answer in the shape that the upstream server is meant to have, with the fault that has hit it. Values of `metadata` are
 * texts, as its schema demands; its released code puts others there and fails at them.
 */
export function upstreamAnswer(
  answer: Exclude<QuestionAnswer, { kind: 'health' }>,
  row: AskedKind,
  fault: FaultKind | null,
): UpstreamAnswer {
  if (fault === 'slow-500') return { status: 500, json: attemptsFailed(row) };
  if (answer.kind === 'refused') return { status: answer.status, json: { detail: answer.detail } };
  const ids = fault === 'missing-ids' ? {} : { conversation_id: answer.conversationId, session_id: answer.sessionId };
  if (answer.kind === 'question')
    return { status: 200, json: batch(answer.question, ids, fault === 'done' || answer.done) };
  const [first, ...others] = answer.questions.map((question) => batch(question, ids, false));
  return {
    status: 200,
    json: {
      initial_questions: first,
      follow_up_questions: others.length === 0 ? null : others,
      all_questions_combined: answer.questions.map(numbered).join('\n'),
      ...ids,
      total_questions: answer.questions.length,
      metadata: { rounds: String(answer.questions.length), auto_handled: String(others.length > 0) },
    },
  };
}

const numbered = ({ number, text }: NumberedQuestion): string => `${number}. ${text}`;

/** Batches of one question, which is what the upstream's answers come to. */
const batch = (question: NumberedQuestion, ids: object, done: boolean): object => ({
  current_question: numbered(question),
  questions: [
    {
      question_text: question.text,
      question_number: question.number,
      metadata: { importance: 'Shapes what is asked next.', information_to_look_for: question.type },
    },
  ],
  ...ids,
  current_question_number: question.number,
  total_questions_in_batch: 1,
  total_questions_estimated: questionsEstimated,
  next_batch_needed: !done,
  metadata: { context_enhanced: 'false', question_type: question.number === 1 ? 'initial' : 'follow_up' },
});

const failing: Readonly<Record<AskedKind, string>> = {
  health: 'answer',
  initial: 'generate question',
  'follow-up': 'generate follow-up questions',
  automatic: 'run automatic question flow',
};

/** What the upstream says when its language model did not answer. */
export const attemptsFailed = (row: AskedKind): { readonly detail: string } => ({
  detail: `Failed to ${failing[row]} after 3 attempts: Connection error.`,
});
