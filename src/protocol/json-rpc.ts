import { failure } from '../core/failure.ts';
import { isObject, parseJson, type Read, reasonIn } from './question-answer.ts';
import { shownJson } from './shown-json.ts';
import type { EventAnswer } from './wire.ts';

/** A request of JSON-RPC 2.0 as text, but for its id, which comes first, and for what changes from one to the next. */
export interface RpcText {
  readonly before: string;
  readonly after: string;
}

/** `params`: the text of an object up to what changes, and from there on; none: the request has no parameters. */
export function rpcText(method: string, params: RpcText | null = null): RpcText {
  const name = `,"method":${JSON.stringify(method)}`;
  return params === null
    ? { before: name, after: '}' }
    : { before: `${name},"params":${params.before}`, after: `${params.after}}` };
}

/** A message that is not answered. */
export const rpcNotification = (method: string): string => `{"jsonrpc":"2.0","method":${JSON.stringify(method)}}`;

/**
 * One side of a conversation in JSON-RPC 2.0 in which one request is under way at a time. It gives each request an id of its own,
 * and knows the answer to the last one: by that id, and by its having no `method`, as requests and notifications of the server do.
 */
export class RpcCaller {
  /** Where the answer is among server-sent events: the same object for all requests. */
  readonly events: EventAnswer;
  #id = 0;
  /** The event that was found to be the answer, so that nothing is parsed twice. */
  #found: { readonly text: string; readonly json: unknown } | null = null;

  constructor(on: EventAnswer['on']) {
    this.events = { on, isAnswer: (event) => this.#isAnswer(event.data) };
  }

  /** The text of a request with a fresh id. Written by hand, as this is done for every call. */
  request({ before, after }: RpcText, changing = ''): string {
    this.#id += 1;
    return `{"jsonrpc":"2.0","id":${this.#id}${before}${changing}${after}`;
  }

  /** The result of the last request, from the text of its answer. Never throws. */
  result(text: string): Read {
    const found = this.#found;
    // A user who thinks holds nothing of the last answer.
    this.#found = null;
    const read: Read = found?.text === text ? { ok: true, json: found.json } : parseJson(text);
    if (!read.ok) return read;
    const { json } = read;
    if (!isObject(json) || json['jsonrpc'] !== '2.0')
      return failure('protocol-error', `the answer is not JSON-RPC 2.0: ${shownJson(json)}`, 200);
    if (json['id'] !== this.#id)
      return failure('protocol-error', `not the answer to request ${this.#id}: ${shownJson(json)}`, 200);
    const { error, result } = json;
    if (error !== undefined && error !== null) return failure('rpc-error', errorIn(error), 200);
    if (result === undefined)
      return failure('protocol-error', `an answer with neither result nor error: ${shownJson(json)}`, 200);
    return { ok: true, json: result };
  }

  #isAnswer(data: string): boolean {
    // Most events that are not the answer (progress, log, an empty one to begin with) show it without being parsed.
    if (!data.includes('"id"')) return false;
    const read = parseJson(data);
    if (!read.ok || !isObject(read.json) || read.json['id'] !== this.#id || 'method' in read.json) return false;
    this.#found = { text: data, json: read.json };
    return true;
  }
}

/** `-32602 Unknown tool`: what an error object says, code first, since failures of one code belong together. */
function errorIn(error: unknown): string {
  if (!isObject(error)) return shownJson(error);
  const { code, message } = error;
  const text = typeof message === 'string' ? message : shownJson(error);
  return typeof code === 'number' ? `${code} ${text}` : text;
}

/** A short reason from the body of an answer with a status of failure: the error of JSON-RPC, where it holds one. */
export function rpcReasonIn(body: string): string {
  if (body.length > 100_000 || !body.includes('"error"')) return reasonIn(body);
  const read = parseJson(body);
  if (!read.ok || !isObject(read.json) || !isObject(read.json['error'])) return reasonIn(body);
  return errorIn(read.json['error']);
}
