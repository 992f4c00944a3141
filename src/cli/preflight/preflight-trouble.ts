import { formatDuration } from '../../core/duration.ts';
import { exitCodes, SqloadError } from '../../core/errors.ts';
import type { Redactor } from '../../core/redactor.ts';
import { excerpt } from '../../engine/excerpt.ts';
import type { Misfit } from '../../engine/preflight.ts';
import type { DialectPlan } from '../../protocol/dialect-plan.ts';
import { addressHint, answerHint, toolNamesHint } from './dialect-hints.ts';

/** The server that was asked, and how. */
interface Asked {
  readonly address: string;
  readonly dialect: DialectPlan;
}

/** The server does not answer as the dialect says: what is wrong and what to do (exit 5). `advice`: a hint that is better than the usual one. */
export function misfitError(misfit: Misfit, server: Asked, redact: Redactor, advice: string | null): SqloadError {
  const said = excerpt(redact(misfit.failed.detail), 160);
  const { message, hint } = explain(misfit, said, server);
  return new SqloadError(message, { exitCode: exitCodes.unreachable, hint: advice ?? redact(hint) });
}

function explain(misfit: Misfit, said: string, { address, dialect }: Asked): { message: string; hint: string } {
  const { failed, limit, asked } = misfit;
  const request = `${misfit.request.method} ${misfit.request.path}`;
  const quote = said === '' ? '' : ` It said: ${said}`;
  if (asked === 'tools')
    return {
      message: `${address} has no tool ${said}, which the load would call after the first question.`,
      hint: toolNamesHint(misfit.tools ?? []),
    };
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
        hint: refusalHint(misfit, dialect),
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
        message: `${address} does not answer ${request} ${likeness(dialect)} (${failed.kind}${failed.status === 0 ? `): ${said}` : `, HTTP ${failed.status}).${quote}`}`,
        hint: answerHint(dialect, asked),
      };
  }
}

const likeness = ({ name }: DialectPlan): string =>
  name === 'guide' ? 'like a sequential-questioning server' : `as the dialect ${name} says`;

function refusalHint({ failed: { status }, asked }: Misfit, dialect: DialectPlan): string {
  if (status === 401 || status === 403) return 'Give the API key with --api-key, SQLOAD_API_KEY or a .env file.';
  if (status === 404 || status === 405) return addressHint(dialect, asked);
  return dialect.name === 'rest' || dialect.name === 'mcp-tool'
    ? answerHint(dialect, asked)
    : 'The server refuses the request: compare its contract with the one in the README.';
}
