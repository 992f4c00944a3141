import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type FailureKind, failureKinds } from '../core/failure.ts';
import { createDialect } from '../protocol/create-dialect.ts';
import { rowIds, type Session } from '../protocol/dialect.ts';
import type { DialectPlan } from '../protocol/dialect-plan.ts';
import type { Step } from '../protocol/step.ts';
import type { WireReply, WireRequest } from '../protocol/wire.ts';
import { conversationSuite, type DialectTraits } from './conversation-suite.ts';
import { lineTo, type Peer, type Said } from './peer.ts';
import { answeredReply, brokenReply } from './wire-reply.ts';

const initial: Step = { row: 'initial', userId: 'user-1', context: 'Learning "Python"', answersLeft: 2 };
const followUp: Extract<Step, { readonly row: 'follow-up' }> = {
  row: 'follow-up',
  userId: 'user-1',
  context: 'Learning "Python"',
  conversationId: 'conversation-7',
  sessionId: 'session-8',
  history: [{ question: 'What else?', answer: 'Ümläute, "quotes"\n' }],
  turn: 1,
  answersLeft: 1,
};
const automatic: Step = { row: 'automatic', userId: 'user-2', context: 'Planning' };
const health: Step = { row: 'health' };

/** What every dialect keeps, whichever it is. `serve` makes a fresh server of its kind. */
export function dialectSuite(name: string, plan: DialectPlan, traits: DialectTraits, serve: () => Peer): void {
  conversationSuite(name, plan, traits, async (temper) => lineTo(serve(), temper));
  const dialect = createDialect(plan);
  const steps = [health, initial, followUp, ...(traits.automatic ? [automatic] : [])];
  const questions = steps.slice(1);
  const ask = (session: Session, peer: Peer, step: Step) => session.parse(step, peer.answer(session.build(step)));
  /** A session that stands, and its server. */
  const begin = (): { session: Session; peer: Peer } => {
    const [session, peer] = [dialect.session(), serve()];
    setUp(session, peer);
    return { session, peer };
  };

  describe(`${name} as a dialect`, () => {
    test('has rows in the order of the tables, and a whole set-up as the first row of its sessions', () => {
      const ids = dialect.rows.map(({ id }) => id);
      expect(ids).toEqual(rowIds.slice(0, ids.length));
      expect(ids).toEqual(expect.arrayContaining(steps.map(({ row }) => row)));
      if (dialect.session().next() === null) expect(dialect.sessionRows).toEqual([]);
      else expect(dialect.sessionRows[0]).toEqual({ id: 'session', name: 'MCP Session Setup' });
    });

    test('sets a session up, asks in every row, and takes its leave', () => {
      const { session, peer } = begin();
      for (const step of steps) expect(ask(session, peer, step)).toMatchObject({ ok: true });
      const said: Said = { ...peer.says, conversationId: traits.ids ? 'c-9' : '', sessionId: traits.ids ? 's-9' : '' };
      peer.says = { ...said, conversationId: 'c-9', sessionId: 's-9' };
      for (const step of [initial, followUp]) expect(ask(session, peer, step)).toEqual({ ok: true, ...said });
      const { method } = session.build(health);
      expect(dialect.rows[0]?.method).toBe(method);
      const leave = session.end();
      if (leave !== null) expect(session.ended(peer.answer(leave.request))).toEqual({ ok: true });
    });

    test('takes the word of the server that a conversation is over', () => {
      const { session, peer } = begin();
      expect(ask(session, peer, followUp)).toMatchObject({ ok: true, done: false });
      peer.says = { ...peer.says, done: true };
      expect(ask(session, peer, followUp)).toMatchObject({ ok: true, done: true });
    });

    test('sends what it was given and no more: no ids before the server gave some, nothing empty or null in their place', () => {
      const { session } = begin();
      const textOf = (step: Step): string =>
        decodeURIComponent(`${session.build(step).path} ${session.build(step).body}`);
      expect(textOf(initial)).not.toMatch(/conversation-7|session-8|null|undefined/);
      if (traits.ids) expect(textOf(followUp)).toMatch(/conversation-7/);
      const idless = textOf({ ...followUp, conversationId: '', sessionId: '' });
      expect(idless).not.toMatch(/conversation-7|session-8|null|undefined/);
    });

    test('makes no new headers for each request: the transport writes an array that it knows only once', () => {
      const { session } = begin();
      for (const step of steps) {
        const { headers } = session.build(step);
        expect(session.build(step).headers).toBe(headers);
        expect(headers).toEqual(expect.arrayContaining(plan.headers as string[]));
        expect(headers.length % 2).toBe(0);
      }
    });

    test.each(failureKinds)(
      'a reply that broke as %s is that failure, of a question and of a set-up',
      (kind: FailureKind) => {
        const broken = brokenReply(kind, 'why');
        const { session } = begin();
        for (const step of steps) {
          session.build(step);
          expect(session.parse(step, broken)).toMatchObject({ ok: false, kind, detail: 'why', status: 0 });
        }
        expect(session.next()).toBeNull();
        const fresh = dialect.session();
        if (fresh.next() !== null) expect(fresh.settle(broken)).toMatchObject({ ok: false, kind, detail: 'why' });
      },
    );

    test.each([
      [400, 'http-4xx'],
      [401, 'http-4xx'],
      [403, 'http-4xx'],
      [404, 'http-4xx'],
      [429, 'http-4xx'],
      [500, 'http-5xx'],
      [503, 'http-5xx'],
      [302, 'protocol-error'],
    ])('status %i is %s, whatever the body holds', (status, kind) => {
      for (const step of steps) {
        const { session, peer } = begin();
        const reply = peer.answer(session.build(step));
        expect(session.parse(step, { ...reply, status } as WireReply)).toMatchObject({ ok: false, kind, status });
      }
    });

    test.each([
      ['a page of HTML', answeredReply('<html>Welcome</html>', { contentType: 'text/html' })],
      ['JSON of another kind', answeredReply('{"hello":"world"}')],
      ['nothing', answeredReply('', { contentType: '' })],
      ['null', answeredReply('null')],
    ])('%s is no answer to a question', (_, reply) => {
      for (const step of questions) {
        const { session } = begin();
        session.build(step);
        expect(session.parse(step, reply)).toMatchObject({ ok: false, status: 200 });
      }
    });

    test('a refusal for want of a key ends no session', () => {
      for (const status of [401, 403]) {
        const { session } = begin();
        session.build(initial);
        session.parse(initial, answeredReply('{"detail":"session not found"}', { status }));
        expect(session.next()).toBeNull();
        expect(session.wasLost()).toBe(false);
      }
    });

    test('never throws, whatever the server writes, and calls no success what has the status of a failure', () => {
      fc.assert(
        fc.property(hostile, fc.constantFrom(...steps), (hostility, step) => {
          const fresh = dialect.session();
          const missing = fresh.next();
          if (missing !== null) expect(fresh.settle(hostility(missing.request))).toHaveProperty('ok');
          const { session } = begin();
          const request = session.build(step);
          const reply = hostility(request);
          const parsed = session.parse(step, reply);
          if (reply.kind === 'answered' && (reply.status < 200 || reply.status > 299)) expect(parsed.ok).toBe(false);
          expect(session.ended(reply)).toHaveProperty('ok');
          const event = { type: 'message', data: reply.kind === 'answered' ? reply.body : '' };
          if (request.events !== undefined) expect(typeof request.events.isAnswer(event)).toBe('boolean');
        }),
        { numRuns: 150 },
      );
    });

    test('takes an answer that is nested deeper than it can be written again', () => {
      for (const around of places)
        for (const step of steps) {
          const { session } = begin();
          const reply = answeredReply(wrapped(deep, around, session.build(step)));
          expect(session.parse(step, reply)).toHaveProperty('ok');
        }
    });

    if (dialect.sessionRows.length === 0) sessionlessTests(begin);
    else sessionTests(begin, () => dialect.session(), dialect.sessionRows.length);
  });
}

function sessionlessTests(begin: () => { session: Session; peer: Peer }): void {
  test('has no session that could be lost', () => {
    const { session, peer } = begin();
    session.streamEnded();
    session.build(initial);
    session.parse(initial, answeredReply('Session not found', { status: 404 }));
    expect([session.next(), session.wasLost(), session.end()]).toEqual([null, false, null]);
    expect(session.parse(initial, peer.answer(session.build(initial)))).toMatchObject({ ok: true });
  });
}

function sessionTests(begin: () => { session: Session; peer: Peer }, fresh: () => Session, rows: number): void {
  test('gives the same step until it is settled, in the rows of its sessions', () => {
    const { peer } = begin();
    const session = fresh();
    const seen: number[] = [];
    for (let step = session.next(); step !== null; step = session.next()) {
      expect(session.next()).toBe(step);
      seen.push(step.row);
      expect(session.settle(peer.answer(step.request))).toEqual({ ok: true });
    }
    expect(seen).toEqual([...seen].sort((a, b) => a - b));
    expect(Math.min(...seen)).toBe(1);
    expect(Math.max(...seen)).toBeLessThan(rows);
  });

  test('begins its set-up again wherever it fails', () => {
    for (let bad = 0; bad < 5; bad++) {
      const { peer } = begin();
      const session = fresh();
      const first = session.next()?.row;
      let n = 0;
      for (let step = session.next(); step !== null && n < bad; step = session.next(), n++)
        session.settle(peer.answer(step.request));
      if (session.next() === null) break;
      expect(session.settle(answeredReply('', { status: 500 }))).toMatchObject({ ok: false, kind: 'http-5xx' });
      expect(session.next()?.row).toBe(first);
      expect(session.wasLost()).toBe(false);
      setUp(session, peer);
    }
  });

  test('a lost session is a failure of the question that found it out, and is set up again', () => {
    const { session, peer } = begin();
    expect(session.wasLost()).toBe(false);
    peer.forget();
    expect(session.parse(initial, peer.answer(session.build(initial)))).toMatchObject({ ok: false, kind: 'http-4xx' });
    expect(session.wasLost()).toBe(true);
    expect(session.end()).toBeNull();
    expect(session.next()).not.toBeNull();
    setUp(session, peer);
    expect(session.wasLost()).toBe(false);
    expect(session.parse(initial, peer.answer(session.build(initial)))).toMatchObject({ ok: true });
  });
}

function setUp(session: Session, peer: Peer): void {
  for (let step = session.next(); step !== null; step = session.next())
    expect(session.settle(peer.answer(step.request))).toEqual({ ok: true });
}

const deep = `${'['.repeat(20_000)}${']'.repeat(20_000)}`;

/** Where something stands in an answer of JSON-RPC; empty: it is the answer. */
const places = ['', 'result', 'error', 'content', 'structuredContent', 'text'] as const;

/** Text, JSON, and JSON-RPC with the right id around anything. */
const hostile: fc.Arbitrary<(request: WireRequest) => WireReply> = fc
  .record({
    status: fc.oneof({ weight: 3, arbitrary: fc.constant(200) }, fc.integer({ min: 200, max: 599 })),
    contentType: fc.constantFrom('application/json', 'text/event-stream', 'text/html', ''),
    session: fc.constantFrom('', 'x', '\u0001', 'ü'),
    body: fc.oneof(fc.string(), fc.json()),
    around: fc.constantFrom(...places),
  })
  .map(
    ({ body, around, ...head }) =>
      (request) =>
        answeredReply(wrapped(body, around, request), head),
  );

function wrapped(body: string, around: string, { body: sent }: WireRequest): string {
  const id = /"id":(\d+)/.exec(sent ?? '')?.[1] ?? '1';
  const rpc = (member: string) => `{"jsonrpc":"2.0","id":${id},${member}}`;
  if (around === '') return body;
  if (around === 'text') return rpc(`"result":{"content":[{"type":"text","text":${JSON.stringify(body)}}]}`);
  if (around === 'result' || around === 'error') return rpc(`"${around}":${body}`);
  return rpc(`"result":{"${around}":${body}}`);
}
