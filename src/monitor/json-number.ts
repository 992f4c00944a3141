import { escapeControls } from '../core/escape-controls.ts';
import { compilePointer } from '../core/json-pointer.ts';

/** The number that a JSON pointer leads to, a text that is a number included; null when there is none. */
export function numberAt(json: unknown, pointer: string): number | null {
  const value = compilePointer(pointer)(json);
  if (typeof value === 'number') return Number.isFinite(value) ? value : null;
  return typeof value === 'string' ? readNumber(value) : null;
}

/** @throws RangeError, a clause, when a text is no JSON. */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new RangeError('its answer is not JSON');
  }
}

/**
 * The one number that Prometheus answers a query with (`GET /api/v1/query`), a scalar or a vector of one; null when there is none.
 * @throws RangeError, a clause, for an answer that is no success, or tells of several series.
 */
export function promqlNumber(text: string): number | null {
  const json = parseJson(text);
  const at = (pointer: string): unknown => compilePointer(pointer)(json);
  if (at('/status') !== 'success') {
    const error = at('/error');
    throw new RangeError(
      typeof error === 'string'
        ? `it refuses the query: ${escapeControls(error.slice(0, 200))}`
        : 'it is no Prometheus',
    );
  }
  const result = at('/data/result');
  const type = at('/data/resultType');
  if (!Array.isArray(result) || (type !== 'vector' && type !== 'scalar'))
    throw new RangeError('the query must give one number now, and not a range or a text');
  if (type === 'vector' && result.length > 1)
    throw new RangeError(`the query gives ${result.length} series: wrap it in sum(…) or max(…)`);
  const value = at(type === 'scalar' ? '/data/result/1' : '/data/result/0/value/1');
  return typeof value === 'string' ? readNumber(value) : null;
}

const readNumber = (text: string): number | null =>
  /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(text.trim()) && Number.isFinite(Number(text)) ? Number(text) : null;
