import type { Clock } from '../core/clock.ts';
import type { Transport } from '../engine/world.ts';
import type { PathDialectPlan, RestDialectPlan } from '../protocol/dialect-plan.ts';
import type { ServerEvent, WireReply, WireRequest } from '../protocol/wire.ts';
import type { Temper } from './conversation-suite.ts';
import type { Line } from './talker.ts';
import { answeredReply } from './wire-reply.ts';

/** A server in memory: it answers one request of one user after the other, and no time passes. */
export interface Peer {
  answer(request: WireRequest): WireReply;
  /** What its next answers to questions hold. */
  says: Said;
  /** Forgets all sessions, as a server does that was started anew. */
  forget(): void;
}

export interface Said {
  readonly conversationId: string;
  readonly sessionId: string;
  readonly question: string;
  readonly done: boolean;
}

export const firstWords: Said = {
  conversationId: 'conversation-1',
  sessionId: 'session-1',
  question: 'What else?',
  done: false,
};

/** Upstream's fields; the guide's are the same but for the question. */
export const upstreamBody = ({ conversationId, sessionId, question, done }: Said) => ({
  current_question: question,
  conversation_id: conversationId,
  session_id: sessionId,
  next_batch_needed: !done,
});

export const roundBody = (said: Said) => ({
  initial_questions: upstreamBody(said),
  conversation_id: said.conversationId,
  session_id: said.sessionId,
});

export const notFound = (): WireReply => answeredReply('{"detail":"Not Found"}', { status: 404 });

/** A server with the paths of guide, docs or upstream. */
export function pathPeer({ basePath, paths }: PathDialectPlan): Peer {
  const peer: Peer = {
    says: firstWords,
    forget: () => {},
    answer({ method, path, body }) {
      if (method === 'GET') return path === basePath + paths.health ? answeredReply('{"status":"ok"}') : notFound();
      const rows = (['initial', 'follow-up', 'automatic'] as const).filter((row) => path === basePath + paths[row]);
      const [row] = rows;
      if (row === undefined) return notFound();
      if (body === null || body === '0') return answeredReply('{"detail":[{"msg":"no object"}]}', { status: 422 });
      const said = row === 'automatic' && rows.length === 1 ? roundBody(peer.says) : upstreamBody(peer.says);
      return answeredReply(JSON.stringify(said));
    },
  };
  return peer;
}

/** A server as a scenario describes it whose answers are `{"talk": {"id", "sid"}, "ask": [question], "open": boolean}`. */
export function restPeer({ basePath, requests }: RestDialectPlan): Peer {
  const peer: Peer = {
    says: firstWords,
    forget: () => {},
    answer({ path }) {
      if (path === basePath + requests.health?.path) return answeredReply('up', { contentType: 'text/plain' });
      const { conversationId, sessionId, question, done } = peer.says;
      const talk = { id: conversationId, sid: sessionId };
      return answeredReply(JSON.stringify({ talk, ask: [question], open: !done }), { status: 201 });
    },
  };
  return peer;
}

/** What the transport makes of a stream of events: the one that is the answer, or none. */
export function eventReply({ events }: WireRequest, stream: readonly ServerEvent[], status = 200): WireReply {
  const found = stream.find((event) => events?.isAnswer(event));
  return answeredReply(found?.data ?? '', { status, contentType: 'text/event-stream' });
}

export const message = (data: string): ServerEvent => ({ type: 'message', data });

/** A line to a server that ends each conversation with the fourth follow-up; a forgetful one forgets before every third question. */
export function lineTo(peer: Peer, temper: Temper): Line {
  let questions = 0;
  return {
    async send(request) {
      const asks = isQuestion(request);
      if (asks) questions += 1;
      if (asks && temper === 'forgetful' && questions % 3 === 0) peer.forget();
      peer.says = { ...peer.says, done: asks && temper === 'usual' && questions % 5 === 0 };
      return peer.answer(request);
    },
    streamEnded: () => false,
    close: async () => {},
  };
}

/** What is posted is a question, unless it is another message of JSON-RPC than the call of a tool. */
const isQuestion = ({ body }: WireRequest): boolean =>
  body !== null && (!body.includes('"jsonrpc"') || body.includes('"tools/call"'));

/** A transport to this server, which answers at once. */
export function transportTo(answer: Peer['answer'], clock: Clock): Transport {
  const send = async (request: WireRequest): Promise<WireReply> => {
    const now = clock.now();
    return { ...answer(request), sent: now, firstByte: now, ended: now, freed: now };
  };
  return { open: () => ({ send, streamEnded: () => false, close: () => {} }), close: async () => {} };
}
