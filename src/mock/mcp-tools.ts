import type { FaultKind } from './fault.ts';
import type { HttpReply } from './http-reply.ts';
import { proxyPage } from './http-reply.ts';
import { isObject } from './mock-request.ts';
import type { Asked, QuestionAnswer } from './question-server.ts';
import { upstreamAnswer } from './upstream-answer.ts';
import { readUpstreamQuestion, toolNames, type UpstreamEndpoint } from './upstream-requests.ts';

/** Result of `tools/call`. */
export interface ToolResult {
  readonly content: readonly { readonly type: 'text'; readonly text: string }[];
  readonly isError: boolean;
}

/** A call that was understood, or the result that refuses it: what is wrong with a call is said at status 200. */
export type ToolCall =
  | { readonly kind: 'question'; readonly endpoint: UpstreamEndpoint; readonly asked: Asked }
  | { readonly kind: 'refused'; readonly result: ToolResult };

const endpoints: readonly UpstreamEndpoint[] = ['initial', 'follow-up', 'automatic'];

/** The tools are the endpoints of the upstream, its bodies their arguments. */
export function readToolCall(params: Readonly<Record<string, unknown>>): ToolCall {
  const endpoint = endpoints.find((known) => toolNames[known] === params['name']);
  if (endpoint === undefined)
    return { kind: 'refused', result: toolError(`MCP error -32602: Tool ${String(params['name'])} not found`) };
  const { arguments: given = {} } = params;
  if (!isObject(given))
    return { kind: 'refused', result: toolError('MCP error -32602: Input validation error: arguments are no object') };
  const asked = readUpstreamQuestion(endpoint, given);
  if (asked.kind === 'refused') return { kind: 'refused', result: refusedBehind(endpoint, asked.reply) };
  return { kind: 'question', endpoint, asked };
}

/** The upstream's answer as the text of a result, indented as its bridge to MCP (fastapi_mcp) writes it. */
export function toolResult(
  answer: Exclude<QuestionAnswer, { kind: 'health' }>,
  endpoint: UpstreamEndpoint,
  fault: FaultKind | null,
): ToolResult {
  if (fault === 'is-error') return failedBehind(endpoint, 500, 'Internal Server Error');
  if (fault === 'not-json') return { content: [{ type: 'text', text: proxyPage.body }], isError: false };
  const { status, json } = upstreamAnswer(answer, endpoint, fault);
  if (status >= 400) return failedBehind(endpoint, status, JSON.stringify(json));
  return { content: [{ type: 'text', text: JSON.stringify(json, null, 2) }], isError: false };
}

const refusedBehind = (endpoint: UpstreamEndpoint, { status, body }: HttpReply): ToolResult =>
  failedBehind(endpoint, status, body);

/** What fastapi_mcp makes of an HTTP error behind it. */
const failedBehind = (endpoint: UpstreamEndpoint, status: number, body: string): ToolResult =>
  toolError(`Error calling ${toolNames[endpoint]}. Status code: ${status}. Response: ${body}`);

const toolError = (text: string): ToolResult => ({ content: [{ type: 'text', text }], isError: true });

const text = { type: 'string' };
const fields = {
  user_id: text,
  context: text,
  conversation_id: text,
  session_id: text,
  previous_messages: {
    type: 'array',
    items: { type: 'object', properties: { role: text, content: text }, required: ['role', 'content'] },
  },
  metadata: { type: 'object', additionalProperties: text },
};

/** What `tools/list` tells. The schemas say what the tools take; those of the public upstream leave most of it out. */
export const toolList: readonly object[] = [
  {
    name: toolNames.initial,
    description: 'Asks the first question of a conversation.',
    inputSchema: { type: 'object', properties: { ...fields, auto_follow_up: { type: 'boolean' } } },
  },
  {
    name: toolNames['follow-up'],
    description: 'Asks the next question, given the answers so far.',
    inputSchema: { type: 'object', properties: fields, required: ['previous_messages'] },
  },
  {
    name: toolNames.automatic,
    description: 'Asks a first question and follows up by itself.',
    inputSchema: {
      type: 'object',
      properties: {
        ...fields,
        auto_handle_follow_up: { type: 'boolean' },
        max_rounds: { type: 'integer', minimum: 1, maximum: 3 },
      },
    },
  },
];
