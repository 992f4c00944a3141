import { type Failure, failure } from '../core/failure.ts';
import { isObject, parseJson } from './question-answer.ts';
import { shownJson } from './shown-json.ts';

/** What a tool of an MCP server returned: JSON, or else a text; undefined where it returned neither. */
export type Payload = { readonly ok: true; readonly value: unknown } | Failure;

/**
 * Reads the result of `tools/call`. What counts is `structuredContent`, else the first text that is a JSON object, else the first
 * text as it is. A tool that failed says so in a success of HTTP and of JSON-RPC alike (`isError`).
 */
export function readToolResult(result: unknown): Payload {
  if (!isObject(result)) return failure('protocol-error', `the result is no object: ${shownJson(result)}`, 200);
  const { resultType, isError, structuredContent, content } = result;
  if (resultType !== undefined && resultType !== 'complete')
    return failure(
      'protocol-error',
      `resultType ${shownJson(resultType)}: the tool wants something of its caller before it answers, which sqload does not give`,
      200,
    );
  if (isError === true) return failure('tool-error', complaint(result), 200);
  if (isObject(structuredContent)) return { ok: true, value: structuredContent };
  const texts = textsIn(content);
  for (const text of texts) {
    const object = objectIn(text);
    if (object !== null) return { ok: true, value: object };
  }
  return { ok: true, value: texts[0] };
}

function objectIn(text: string): Readonly<Record<string, unknown>> | null {
  if (!text.startsWith('{') && !text.trimStart().startsWith('{')) return null;
  const read = parseJson(text);
  return read.ok && isObject(read.json) ? read.json : null;
}

function textsIn(content: unknown): string[] {
  const texts: string[] = [];
  if (!Array.isArray(content)) return texts;
  for (const item of content) {
    if (isObject(item) && item['type'] === 'text' && typeof item['text'] === 'string') texts.push(item['text']);
  }
  return texts;
}

/** What the tool says of its failure; of upstream's servers `Status code: 500` is part of it. */
function complaint(result: Readonly<Record<string, unknown>>): string {
  const text = textsIn(result['content']).join('\n');
  return text === '' ? shownJson(result) : text;
}
