import { type Dialect, type Row, type RowId, sessionless } from './dialect.ts';
import { defaultPaths } from './dialect-paths.ts';
import type { PathDialectPlan } from './dialect-plan.ts';
import { noQuestion, readJson, readQuestion, readRound } from './question-answer.ts';
import { questionBody } from './question-body.ts';
import type { WireRequest } from './wire.ts';

export const guidePaths = defaultPaths.guide;

/** As the guide's Locust script names them. */
export const questionRows: readonly Row[] = [
  { id: 'health', name: 'Health Check', method: 'GET' },
  { id: 'initial', name: 'Initial Question Generation', method: 'POST' },
  { id: 'follow-up', name: 'Follow-up Question Generation', method: 'POST' },
];

export const automaticRow: Row = { id: 'automatic', name: 'Automatic Questioning', method: 'POST' };

/**
 * JSON posted to a path, ids in the answer: the contract of the guide, that of the docs (where an answer must hold a question), and
 * that of the upstream server (with paths of its own for follow-ups and for automatic questioning).
 */
export function pathDialect(plan: PathDialectPlan): Dialect {
  const getHeaders = ['accept', 'application/json', ...plan.headers];
  const postHeaders = ['content-type', 'application/json', ...getHeaders];
  const path = (row: RowId): string => plan.basePath + plan.paths[row];
  const health: WireRequest = { method: 'GET', path: path('health'), headers: getHeaders, body: null };
  const paths = { initial: path('initial'), 'follow-up': path('follow-up'), automatic: path('automatic') };
  const required = { question: plan.name !== 'guide' };
  const rows = plan.name === 'upstream' ? [...questionRows, automaticRow] : questionRows;

  return sessionless(rows, {
    build(step) {
      if (step.row === 'health') return health;
      return { method: 'POST', path: paths[step.row], headers: postHeaders, body: questionBody(step) };
    },
    parse(step, reply) {
      const read = readJson(reply);
      if (!read.ok) return read;
      if (step.row === 'health') return noQuestion;
      return step.row === 'automatic' ? readRound(read.json) : readQuestion(read.json, required);
    },
  });
}
