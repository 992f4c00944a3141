import type { MonitorUrl } from '../../monitor/monitor-source.ts';
import { type Answer, httpsAnswer, type MonitorTls } from './https-answer.ts';

/** Longest time for one reading: it must be over before the next second. */
const patience = 800;
/** More than the largest expositions have. */
const longestBody = 16 * 1024 * 1024;

/**
 * What an address answers to a GET, as text. No credentials but its own are sent, and no redirect is followed: it could lead
 * anywhere.
 * @throws Error, a clause without anything secret, when there is no answer of status 200 in 0.8 s, or a longer one than 16 MB.
 */
export async function fetchText(
  href: string,
  { userInfo }: Pick<MonitorUrl, 'userInfo'>,
  tls: MonitorTls,
): Promise<string> {
  const over = new AbortController();
  const timer = setTimeout(() => over.abort(new DOMException('', 'TimeoutError')), patience);
  const headers = {
    accept: 'text/plain, application/json, */*;q=0.1',
    ...(userInfo === null ? {} : { authorization: `Basic ${Buffer.from(userInfo, 'utf8').toString('base64')}` }),
  };
  try {
    const reply = await answerOf(href, headers, { tls, signal: over.signal });
    if (reply.status >= 300 && reply.status < 400) throw new Unreadable('it redirects, which is not followed');
    if (reply.status !== 200) throw new Unreadable(`it answers with status ${reply.status}`);
    return await bodyOf(reply);
  } catch (error) {
    if (error instanceof Unreadable) throw error;
    throw new Unreadable(over.signal.aborted ? `it does not answer within ${patience / 1000} s` : causeOf(error));
  } finally {
    clearTimeout(timer);
    // What is left of the answer is not waited for.
    over.abort();
  }
}

/** An answer that cannot be used. */
class Unreadable extends Error {}

/** Global fetch takes no certificates of one's own. */
const answerOf = (
  href: string,
  headers: Readonly<Record<string, string>>,
  { tls, signal }: { readonly tls: MonitorTls; readonly signal: AbortSignal },
): Promise<Answer> =>
  href.startsWith('https:') && (tls.insecure || tls.ca !== null)
    ? httpsAnswer(href, headers, { tls, signal })
    : fetch(href, { headers, signal, redirect: 'manual' });

async function bodyOf({ body }: Answer): Promise<string> {
  const decoder = new TextDecoder();
  let text = '';
  if (body === null) return text;
  // for await would wait for the end of an answer that it leaves, and there may be none.
  const parts = body[Symbol.asyncIterator]();
  for (let length = 0; ; ) {
    const { done, value } = await parts.next();
    if (done) return text + decoder.decode();
    length += value.length;
    if (length > longestBody) throw new Unreadable('its answer is longer than 16 MB');
    text += decoder.decode(value, { stream: true });
  }
}

function causeOf(error: unknown): string {
  // fetch wraps what went wrong, node:https does not.
  const cause = error instanceof Error ? (error.cause instanceof Error ? error.cause : error) : null;
  const code = cause !== null && 'code' in cause ? String(cause.code) : '';
  const known: Readonly<Record<string, string>> = {
    ECONNREFUSED: 'nothing listens there',
    ENOTFOUND: 'there is no such host',
    EAI_AGAIN: 'there is no such host',
    ECONNRESET: 'the connection was reset',
    UND_ERR_SOCKET: 'the connection was closed',
  };
  // Ports such as 1 and 25, of the Fetch standard.
  if (cause?.message === 'bad port') return 'Node makes no HTTP requests to this port';
  return known[code] ?? (/^[A-Z_]{1,40}$/.test(code) ? `the connection failed (${code})` : 'the connection failed');
}
