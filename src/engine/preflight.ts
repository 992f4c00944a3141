import { exitCodes, SqloadError } from '../core/errors.ts';
import type { Failure } from '../core/failure.ts';
import { createRedactor } from '../core/redactor.ts';
import { millis, plus } from '../core/units.ts';
import { createDialect } from '../protocol/create-dialect.ts';
import { Flow } from '../protocol/flow.ts';
import type { Step } from '../protocol/step.ts';
import { excerpt } from './excerpt.ts';
import type { RunPlan } from './run-plan.ts';
import type { World } from './world.ts';

const limit = millis(5000);

/**
 * One health check and one initial question before the load, 5 s each; a row that the mix leaves out is skipped.
 * @returns how many requests were sent
 * @throws SqloadError with exit code 5 when the target does not answer as a sequential-questioning server.
 */
export async function preflight(
  plan: RunPlan,
  world: Pick<World, 'clock' | 'random' | 'transport'>,
  address: string,
): Promise<{ requests: number }> {
  const session = createDialect(plan.dialect).session();
  const redact = createRedactor(plan.secrets);
  const steps = preflightSteps(plan, world);
  const connection = world.transport.open(0);
  for (const step of steps) {
    const request = session.build(step);
    const reply = await connection.send(request, plus(world.clock.now(), limit));
    const parsed = session.parse(step, reply);
    if (!parsed.ok) {
      const said = excerpt(redact(parsed.detail), 160);
      const { message, hint } = explain(parsed, said, `${request.method} ${request.path}`, address);
      throw new SqloadError(message, { exitCode: exitCodes.unreachable, hint });
    }
  }
  connection.close();
  return { requests: steps.length };
}

function preflightSteps(plan: RunPlan, world: Pick<World, 'random'>): Step[] {
  const { mix } = plan.flow;
  const steps: Step[] = mix.health > 0 ? [{ row: 'health' }] : [];
  if (mix.initial + mix['follow-up'] > 0) {
    const questions = { ...plan.flow, mix: { health: 0, initial: 1, 'follow-up': 0, automatic: 0 } };
    steps.push(new Flow(questions, world.random.fork('preflight')).next());
  }
  return steps;
}

function explain(failed: Failure, said: string, request: string, address: string): { message: string; hint: string } {
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
        message: `No answer to ${request} at ${address} within 5 s.`,
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
        hint: request.startsWith('GET')
          ? 'A health check must be answered with status 200 and JSON. Give its path with --path health=/…, or leave it out: --mix initial=3,follow-up=5.'
          : 'A question must be answered with status 200 and JSON that holds conversation_id and session_id. Check --host and --path.',
      };
  }
}

function refusalHint(status: number): string {
  if (status === 401 || status === 403) return 'Give the API key with --api-key, SQLOAD_API_KEY or a .env file.';
  if (status === 404 || status === 405)
    return 'Give the paths of your server: --path initial=/…,follow-up=/…,health=/…';
  return 'The server refuses the request: compare its contract with the one in the README.';
}
