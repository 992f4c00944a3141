// For k6: one GET in nine, bodies of the size in BODY_BYTES, the answer's JSON parsed and its id checked, no think time.
import { check } from 'k6';
import http from 'k6/http';

const bytes = Number(__ENV.BODY_BYTES);
const shell = JSON.stringify({ user_id: '00000000-0000-4000-8000-000000000000', context: '', previous_messages: [] });
const context = 'x'.repeat(Math.max(0, bytes - shell.length));
const body = shell.replace('"context":""', `"context":"${context}"`);
const params = { headers: { 'content-type': 'application/json', accept: 'application/json' } };

export const options = { vus: Number(__ENV.USERS), duration: `${__ENV.SECONDS}s`, systemTags: ['status', 'name'] };

export default function () {
  const reply =
    __ITER % 9 === 0
      ? http.get(`${__ENV.TARGET}/health`)
      : http.post(`${__ENV.TARGET}/mcp/v1/sequential-questioning`, body, params);
  check(reply.json(), { id: (answer) => typeof answer.conversation_id === 'string' });
}

export function handleSummary({ metrics }) {
  const requests = metrics.http_reqs.values.count;
  const failed = metrics.http_req_failed.values.passes + metrics.checks.values.fails;
  return { stdout: `\n${JSON.stringify({ requests, failed })}\n` };
}
