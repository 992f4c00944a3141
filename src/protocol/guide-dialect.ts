import { type Failure, failure } from '../core/failure.ts';
import { type Dialect, type Parsed, type Row, type RowId, sessionless } from './dialect.ts';
import type { PathDialectPlan } from './dialect-plan.ts';
import type { Step, Turn } from './step.ts';
import type { WireReply, WireRequest } from './wire.ts';

export const guidePaths: Readonly<Record<RowId, string>> = {
  health: '/health',
  initial: '/mcp/v1/sequential-questioning',
  'follow-up': '/mcp/v1/sequential-questioning',
  automatic: '/mcp/v1/sequential-questioning',
};

const rows: readonly Row[] = [
  { id: 'health', name: 'Health Check', method: 'GET' },
  { id: 'initial', name: 'Initial Question Generation', method: 'POST' },
  { id: 'follow-up', name: 'Follow-up Question Generation', method: 'POST' },
];

/** The contract of the guide: JSON posted to one path for both kinds of question, ids in the answer. */
export function guideDialect(plan: PathDialectPlan): Dialect {
  const getHeaders = ['accept', 'application/json', ...plan.headers];
  const postHeaders = ['content-type', 'application/json', ...getHeaders];
  const path = (row: RowId): string => plan.basePath + plan.paths[row];
  const health: WireRequest = { method: 'GET', path: path('health'), headers: getHeaders, body: null };
  const [initialPath, followUpPath] = [path('initial'), path('follow-up')];
  const post = (path: string, body: string): WireRequest => ({ method: 'POST', path, headers: postHeaders, body });

  return sessionless(rows, {
    build(step) {
      if (step.row === 'health') return health;
      if (step.row === 'automatic') throw new RangeError('the guide knows no automatic questioning');
      const opening = `{"user_id":${quoted(step.userId)},"context":${quoted(step.context)},"previous_messages":[`;
      if (step.row === 'initial') return post(initialPath, `${opening}]}`);
      const ids = `"conversation_id":${quoted(step.conversationId)},"session_id":${quoted(step.sessionId)}`;
      return post(followUpPath, `${opening}${messagesOf(step.history)}],${ids}}`);
    },
    parse,
  });
}

/** JSON by hand: writing whole objects takes three times as long, and this is done for every request. */
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

const quoted = (text: string): string => (special.test(text) ? JSON.stringify(text) : `"${text}"`);

function parse(step: Step, reply: WireReply): Parsed {
  if (reply.kind === 'broken') return failure(reply.error, reply.detail);
  if (reply.status !== 200) return refusal(reply.status, reply.body);
  let json: unknown;
  try {
    // A byte order mark is no JSON, but harmless (RFC 8259, section 8.1).
    json = JSON.parse(reply.body.charCodeAt(0) === 0xfeff ? reply.body.slice(1) : reply.body);
  } catch {
    return failure('not-json', reply.body, 200);
  }
  if (step.row === 'health') return { ok: true, conversationId: '', sessionId: '', question: '', done: false };
  if (typeof json !== 'object' || json === null || Array.isArray(json))
    return failure('missing-field', `the answer is not a JSON object: ${reply.body}`, 200);
  const fields = json as Record<string, unknown>;
  const { conversation_id: conversationId, session_id: sessionId } = fields;
  if (!isId(conversationId) || !isId(sessionId)) {
    const missing = [...(isId(conversationId) ? [] : ['conversation_id']), ...(isId(sessionId) ? [] : ['session_id'])];
    return failure('missing-field', `no ${missing.join(' and no ')} in ${reply.body}`, 200);
  }
  return { ok: true, conversationId, sessionId, question: questionIn(fields), done: false };
}

function refusal(status: number, body: string): Failure {
  const kind = status >= 500 ? 'http-5xx' : status >= 400 ? 'http-4xx' : 'protocol-error';
  return failure(kind, body, status);
}

const isId = (value: unknown): value is string => typeof value === 'string' && value !== '';

/** The guide names no field for the question itself; servers of this kind use one of these. */
function questionIn(fields: Record<string, unknown>): string {
  if (typeof fields['question'] === 'string') return fields['question'];
  if (typeof fields['current_question'] === 'string') return fields['current_question'];
  return '';
}
