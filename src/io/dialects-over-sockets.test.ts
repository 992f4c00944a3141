import { afterEach, describe, expect, test, vi } from 'vitest';
import type { FailureKind } from '../core/failure.ts';
import { millis, plus } from '../core/units.ts';
import type { Transport } from '../engine/world.ts';
import { type FaultKind, faultKinds } from '../mock/fault.ts';
import { type MockOptions, type RunningMockServer, startMockServer } from '../mock.ts';
import { createDialect } from '../protocol/create-dialect.ts';
import type { Parsed } from '../protocol/dialect.ts';
import type { Step } from '../protocol/step.ts';
import { type BuiltInKind, builtInKinds } from '../testing/built-in-kinds.ts';
import { conversationSuite } from '../testing/conversation-suite.ts';
import { sessionsLeft } from '../testing/sessions-left.ts';
import { type Line, Talker } from '../testing/talker.ts';
import type { ConnectionPolicy } from './connection-policy.ts';
import { httpTransport } from './http-transport.ts';
import { realClock } from './real-clock.ts';

// Every dialect against the built-in server, over the sockets and the transport that a run has.

vi.setConfig({ testTimeout: 30_000 });
const clock = realClock();
const servers: RunningMockServer[] = [];
const transports: Transport[] = [];
afterEach(async () => {
  await Promise.all(transports.splice(0).map((transport) => transport.close()));
  await Promise.all(servers.splice(0).map((server) => server.close()));
});

async function start(options: MockOptions): Promise<RunningMockServer> {
  const server = await startMockServer({ latency: '1ms', ...options });
  servers.push(server);
  return server;
}

function transportTo(server: RunningMockServer, policy: Partial<ConnectionPolicy> = {}): Transport {
  const transport = httpTransport({
    origin: server.address,
    tls: { insecure: false, ca: null },
    clock,
    ...policy,
  });
  transports.push(transport);
  return transport;
}

/** Long enough for a busy machine, wherever an answer is to come. */
const patient = 20_000;

interface SocketLine extends Line {
  /** Requests that were sent twice. */
  readonly retried: number;
}

function lineOver(transport: Transport, timeout = patient): SocketLine {
  const connection = transport.open(0);
  let retried = 0;
  return {
    get retried() {
      return retried;
    },
    async send(request) {
      const reply = await connection.send(request, plus(clock.now(), millis(timeout)));
      retried += reply.retried ? 1 : 0;
      return reply;
    },
    streamEnded: () => connection.streamEnded(),
    close: async () => connection.close(),
  };
}

const talkerOf = ({ plan }: Pick<BuiltInKind, 'plan'>, line: Line): Talker =>
  new Talker(createDialect(plan).session(), line);

const noSessions = async (server: RunningMockServer): Promise<void> => expect(await sessionsLeft(server)).toBe(0);

for (const { name, plan, server, traits } of builtInKinds)
  conversationSuite(name, plan, traits, async (temper) => {
    const faults = temper === 'forgetful' ? ['lost-session:40%'] : [];
    return lineOver(transportTo(await start({ ...server, faults })));
  });

const initial: Step = { row: 'initial', userId: 'user-1', context: 'Planning', answersLeft: 2 };
const health: Step = { row: 'health' };

describe('the built-in server after a conversation', () => {
  test.each(builtInKinds)(
    '$name: every request in its row, and no session left',
    async ({ plan, server: options, traits }) => {
      const server = await start(options);
      const talker = talkerOf({ plan }, lineOver(transportTo(server)));
      await talker.setUp();
      const during = await server.stats();
      expect(during.sessions).toBe(traits.forgets ? 1 : 0);
      const first = await talker.ask(initial);
      if (!first.ok) throw new Error(first.detail);
      const { conversationId, sessionId, question } = first;
      const history = [{ question, answer: 'Every day' }];
      const { userId, context } = initial;
      const more = { userId, context, conversationId, sessionId, history, turn: 1, answersLeft: 1 };
      expect(await talker.ask({ row: 'follow-up', ...more })).toMatchObject({ ok: true, conversationId, sessionId });
      expect(await talker.ask(health)).toMatchObject({ ok: true });
      if (traits.automatic) expect(await talker.ask({ row: 'automatic', userId, context })).toMatchObject({ ok: true });
      await talker.leave();
      await noSessions(server);
      const requests = { health: 1, initial: 1, 'follow-up': 1, automatic: traits.automatic ? 1 : 0, refused: 0 };
      expect((await server.stats()).requests).toEqual(requests);
    },
  );

  test.each(builtInKinds)(
    '$name: a wrong key is told as such, and changes nothing else',
    async ({ plan, server: options }) => {
      const server = await start({ ...options, apiKey: 'right' });
      const keyed = (key: string) => ({ plan: { ...plan, headers: ['authorization', `Bearer ${key}`] } });
      const talker = talkerOf(keyed('wrong'), lineOver(transportTo(server)));
      for (let n = 0; n < 2; n++)
        expect(await talker.ask(initial)).toMatchObject({ ok: false, kind: 'http-4xx', status: 401 });
      expect(talker.session.wasLost()).toBe(false);
      await talker.leave();
      const welcome = talkerOf(keyed('right'), lineOver(transportTo(server)));
      expect(await welcome.ask(initial)).toMatchObject({ ok: true });
      await welcome.leave();
      await noSessions(server);
      expect((await server.stats()).requests).toMatchObject({ initial: 1, refused: 2 });
    },
  );
});

/** What a fault comes to: the kind of the failure and its status, or a success. */
type Outcome = `${FailureKind} ${number}` | 'ok' | 'ok, done';
type Effect = Outcome | Readonly<Record<BuiltInKind['carrier'], Outcome>>;

const unharmed = 'ok';
/** By the form in which questions are carried; a success where the fault cannot hit. */
const effects: Readonly<Record<FaultKind, Effect>> = {
  slow: 'ok',
  '500': 'http-5xx 500',
  '429': 'http-4xx 429',
  reset: 'reset 0',
  hang: 'timeout 0',
  truncated: 'reset 0',
  'not-json': { http: 'not-json 200', 'streamable-http': 'not-json 200', 'http+sse': 'missing-field 200' },
  'missing-ids': 'missing-field 200',
  'slow-500': { http: 'http-5xx 500', 'streamable-http': 'tool-error 200', 'http+sse': 'tool-error 200' },
  done: 'ok, done',
  'is-error': { http: unharmed, 'streamable-http': 'tool-error 200', 'http+sse': 'tool-error 200' },
  'rpc-error': { http: unharmed, 'streamable-http': 'rpc-error 200', 'http+sse': 'rpc-error 200' },
  'lost-session': { http: unharmed, 'streamable-http': 'http-4xx 404', 'http+sse': 'http-4xx 404' },
  'cut-events': { http: unharmed, 'streamable-http': 'protocol-error 200', 'http+sse': 'reset 0' },
  priming: 'ok',
  crlf: 'ok',
};

function effectOf(fault: FaultKind, { carrier, traits }: BuiltInKind): Outcome {
  if (fault === 'done' && !traits.ends) return unharmed;
  if (fault === 'lost-session' && !traits.forgets) return unharmed;
  const effect = effects[fault];
  return typeof effect === 'string' ? effect : effect[carrier];
}

function outcomeOf(parsed: Parsed): Outcome {
  if (!parsed.ok) return `${parsed.kind} ${parsed.status}`;
  return parsed.done ? 'ok, done' : 'ok';
}

/** Whether a question of this kind meets the fault at all, as the server counts. */
function isHit(fault: FaultKind, { carrier, traits }: BuiltInKind): boolean {
  if (fault === 'done') return traits.ends;
  if (fault === 'lost-session') return traits.forgets;
  if (fault === 'crlf') return carrier === 'streamable-http';
  return carrier !== 'http' || !['is-error', 'rpc-error', 'cut-events', 'priming'].includes(fault);
}

async function byKind<Value>(
  value: (kind: BuiltInKind) => Value | Promise<Value>,
): Promise<Readonly<Record<string, Value>>> {
  return Object.fromEntries(
    await Promise.all(builtInKinds.map(async (kind) => [kind.name, await value(kind)] as const)),
  );
}

describe('a fault over sockets', () => {
  test.each(faultKinds)('%s: what each dialect makes of it, and what is spared succeeds', async (fault) => {
    // This one takes 1.5 s each time.
    const questions = fault === 'slow-500' ? 4 : 6;
    const observed = await byKind(async (kind) => {
      const server = await start({ ...kind.server, faults: [{ kind: fault, share: 0.5, from: millis(0), to: null }] });
      // Only what hangs needs a limit; the others are waited for.
      const line = lineOver(transportTo(server), fault === 'hang' ? 400 : patient);
      const talker = talkerOf(kind, line);
      const outcomes: Outcome[] = [];
      for (let n = 0; n < questions; n++) outcomes.push(outcomeOf(await talker.ask(initial)));
      const { faults, requests } = await server.stats();
      await talker.leave();
      const struck = outcomes.filter((outcome) => outcome !== unharmed).length + line.retried;
      return {
        outcomes: [...new Set(outcomes)].sort(),
        hits: faults[fault] === 0 ? 'none' : 'some',
        // Each fault shows in one question, or in its second attempt.
        struck: struck === 0 || struck === faults[fault] ? 'as planted' : `${struck} of ${faults[fault]}`,
        asked: requests.initial - line.retried,
      };
    });
    const expected = await byKind((kind) => ({
      outcomes: [...new Set([effectOf(fault, kind), unharmed])].sort(),
      hits: isHit(fault, kind) ? 'some' : 'none',
      struck: 'as planted',
      asked: questions,
    }));
    expect(observed).toEqual(expected);
  });
});

describe('connections', () => {
  const policies: readonly (readonly [string, Partial<ConnectionPolicy>])[] = [
    ['a connection for each request', { keepAlive: { kind: 'off' } }],
    ['an idle limit that is always over', { keepAlive: { kind: 'idle', limit: millis(0) } }],
    ['two connections for all users', { connections: { kind: 'shared', count: 2 } }],
    [
      'one connection for all, which is closed each time',
      { connections: { kind: 'shared', count: 1 }, keepAlive: { kind: 'off' } },
    ],
  ];

  test.each(policies)('%s: five users talk at once, and leave no session', async (_, policy) => {
    const observed = await byKind(async (kind) => {
      const server = await start(kind.server);
      const transport = transportTo(server, policy);
      const talk = async (): Promise<Outcome[]> => {
        const talker = talkerOf(kind, lineOver(transport));
        const outcomes = [await talker.ask(initial), await talker.ask(health), await talker.ask(initial)];
        await talker.leave();
        return outcomes.map(outcomeOf);
      };
      const outcomes = (await Promise.all(Array.from({ length: 5 }, talk))).flat();
      await noSessions(server);
      return { outcomes: [...new Set(outcomes)], asked: (await server.stats()).requests.initial };
    });
    expect(observed).toEqual(await byKind(() => ({ outcomes: ['ok'], asked: 10 })));
  });

  test('the run is over while users wait: what is in flight is unfinished, and nothing is held', async () => {
    const observed = await byKind(async (kind) => {
      const server = await start({ ...kind.server, faults: ['hang'] });
      const transport = transportTo(server);
      const talkers = Array.from({ length: 3 }, () => talkerOf(kind, lineOver(transport)));
      const asked = Promise.all(talkers.map((talker) => talker.ask(initial)));
      await expect.poll(async () => (await server.stats()).requests.initial, { timeout: patient }).toBe(3);
      await transport.close();
      const outcomes = [...(await asked), ...(await Promise.all(talkers.map((talker) => talker.ask(initial))))];
      // Over HTTP+SSE the session is the connection; another one needs a request, for which there is no time any more.
      if (kind.carrier === 'http+sse') await noSessions(server);
      return [...new Set(outcomes.map(outcomeOf))];
    });
    expect(observed).toEqual(await byKind(() => ['unfinished 0']));
  });

  test('a server that is gone is refused; one that comes back is talked to as before', async () => {
    const observed = await byKind(async (kind) => {
      const server = await start(kind.server);
      const talker = talkerOf(kind, lineOver(transportTo(server)));
      const before = outcomeOf(await talker.ask(initial));
      await server.close();
      const gone = await talker.ask(initial);
      const again = await start({ ...kind.server, port: Number(new URL(server.address).port) });
      // Who had a session learns now that it is lost; the question after that is answered.
      const first = outcomeOf(await talker.ask(initial));
      const second = outcomeOf(await talker.ask(initial));
      await talker.leave();
      await noSessions(again);
      // The end of a stream that is held may be noticed before the question is refused, or after.
      const kinds = kind.carrier === 'http+sse' ? ['refused', 'reset'] : ['refused'];
      return [before, !gone.ok && kinds.includes(gone.kind) ? 'gone' : outcomeOf(gone), first, second];
    });
    expect(observed).toEqual(
      await byKind(({ traits, carrier }) => [
        'ok',
        'gone',
        traits.forgets && carrier === 'streamable-http' ? 'http-4xx 404' : 'ok',
        'ok',
      ]),
    );
  });
});
