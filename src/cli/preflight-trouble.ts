import { formatDuration } from '../core/duration.ts';
import { exitCodes, SqloadError } from '../core/errors.ts';
import type { Redactor } from '../core/redactor.ts';
import { excerpt } from '../engine/excerpt.ts';
import type { Misfit } from '../engine/preflight.ts';

/** The server does not answer as the dialect says: what is wrong and what to do (exit 5). `speaks`: what it seems to speak instead, as advice. */
export function misfitError(misfit: Misfit, address: string, redact: Redactor, advice: string | null): SqloadError {
  const said = excerpt(redact(misfit.failed.detail), 160);
  const { message, hint } = explain(misfit, said, address);
  return new SqloadError(message, { exitCode: exitCodes.unreachable, hint: advice ?? hint });
}

function explain(misfit: Misfit, said: string, address: string): { message: string; hint: string } {
  const { failed, limit, asked } = misfit;
  const request = `${misfit.request.method} ${misfit.request.path}`;
  const quote = said === '' ? '' : ` It said: ${said}`;
  switch (failed.kind) {
    case 'dns':
      return { message: `The host of ${address} is not known: ${said}`, hint: 'Check the spelling of --host.' };
    case 'refused':
      return {
        message: `Nothing listens at ${address}: ${said}`,
        hint: 'Start the server, or check the host and port of --host.',
      };
    case 'tls':
      return /wrong version number/i.test(said)
        ? { message: `${address} does not speak TLS.`, hint: 'Give its address with http:// in place of https://.' }
        : {
            message: `No secure connection to ${address}: ${said}`,
            hint: 'Give the certificate authority with --ca <file>, or --insecure for a test server with a certificate of its own.',
          };
    case 'reset':
      return {
        message: `${address} closes the connection in place of an answer to ${request}: ${said}`,
        hint: address.startsWith('http:')
          ? 'A server that speaks TLS does that: then its address begins with https://. Otherwise look at its log.'
          : 'Look at the log of the server, and of the proxy before it.',
      };
    case 'timeout':
      return {
        message: `No answer to ${request} at ${address} within ${formatDuration(limit)}.`,
        hint: 'Check that the server is up; if its first answer is known to be slow, skip this check with --no-preflight.',
      };
    case 'http-4xx':
      return {
        message: `${address} answers HTTP ${failed.status} to ${request}.${quote}`,
        hint: refusalHint(failed.status),
      };
    case 'http-5xx':
      return {
        message: `${address} answers HTTP ${failed.status} to ${request}.${quote}`,
        hint: 'The server fails before there is any load: look at its log.',
      };
    default:
      if (failed.status >= 300)
        return {
          message: `${address} answers HTTP ${failed.status} to ${request}, a redirect.${quote}`,
          hint: 'Redirects are not followed: give the address that it leads to, often the same with https://.',
        };
      return {
        message: `${address} does not answer ${request} like a sequential-questioning server (${failed.kind}${failed.status === 0 ? `): ${said}` : `, HTTP ${failed.status}).${quote}`}`,
        hint:
          asked === 'health'
            ? 'A health check must be answered with status 200 and JSON. Give its path with --path health=/…, or leave it out: --mix initial=3,follow-up=5.'
            : asked === 'session'
              ? 'This is a request of the set-up of a session: see whether --dialect and its options fit to the server.'
              : hintOfQuestion,
      };
  }
}

const hintOfQuestion =
  'A question must be answered with status 200 and JSON that holds conversation_id and session_id. Check --host and --path.';

function refusalHint(status: number): string {
  if (status === 401 || status === 403) return 'Give the API key with --api-key, SQLOAD_API_KEY or a .env file.';
  if (status === 404 || status === 405)
    return 'Give the paths of your server: --path initial=/…,follow-up=/…,health=/…';
  return 'The server refuses the request: compare its contract with the one in the README.';
}
