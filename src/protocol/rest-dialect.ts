import { failure } from '../core/failure.ts';
import { type Dialect, type RowId, sessionless } from './dialect.ts';
import type { RestDialectPlan, RestRequest } from './dialect-plan.ts';
import { compilePath, compileTemplate } from './json-template.ts';
import { automaticRow, questionRows } from './path-dialect.ts';
import { noQuestion, parseJson, refusal } from './question-answer.ts';
import type { QuestionStep } from './question-body.ts';
import { replyReader } from './reply-reader.ts';
import type { WireRequest } from './wire.ts';

/** JSON over HTTP as a scenario file describes it. Any status of 200 to 299 is a success; a health check needs no JSON. */
export function restDialect(plan: RestDialectPlan): Dialect {
  const read = replyReader(plan.reply);
  const writers = {
    initial: writer(plan, plan.requests.initial),
    'follow-up': writer(plan, plan.requests['follow-up']),
    automatic: writer(plan, plan.requests.automatic),
  };
  const health = plan.requests.health;
  const healthRequest: WireRequest | null = health && {
    method: health.method,
    path: plan.basePath + health.path,
    headers: headersOf(plan, health),
    body: health.body === null ? null : JSON.stringify(health.body),
  };
  const rows = [...questionRows, automaticRow].map((row) => ({
    ...row,
    method: plan.requests[row.id]?.method ?? row.method,
  }));
  return sessionless(plan.requests.automatic === null ? rows.slice(0, -1) : rows, {
    build(step) {
      const request = step.row === 'health' ? healthRequest : writers[step.row]?.(step);
      if (!request) throw missing(step.row);
      return request;
    },
    parse(step, reply) {
      if (reply.kind === 'broken') return failure(reply.error, reply.detail);
      if (reply.status < 200 || reply.status > 299) return refusal(reply.status, reply.body);
      if (step.row === 'health') return noQuestion;
      const json = parseJson(reply.body);
      return json.ok ? read(json.json) : json;
    },
  });
}

const missing = (row: RowId): RangeError => new RangeError(`the scenario describes no request for ${row}`);

function headersOf(plan: RestDialectPlan, request: RestRequest): readonly string[] {
  const accept = ['accept', 'application/json', ...plan.headers];
  return request.body === null ? accept : ['content-type', 'application/json', ...accept];
}

function writer(plan: RestDialectPlan, request: RestRequest | null): ((step: QuestionStep) => WireRequest) | null {
  if (request === null) return null;
  const { method } = request;
  const headers = headersOf(plan, request);
  const path = compilePath(plan.basePath + request.path);
  const body = request.body === null ? () => null : compileTemplate(request.body);
  return (step) => ({ method, path: path(step), headers, body: body(step) });
}
