import { describe, expect, test } from 'vitest';
import { seededRandom } from '../core/random.ts';
import { millis } from '../core/units.ts';
import type { HttpReply } from './http-reply.ts';
import { QuestionServer } from './question-server.ts';

interface Question {
  readonly conversation_id: string;
  readonly session_id: string;
  readonly question: string;
  readonly question_number: number;
  readonly question_type: string;
}

/** Speaks with one server; request n draws from stream n. */
class Client {
  readonly server: QuestionServer;
  readonly #random = seededRandom('client');
  #n = 0;

  constructor(server = new QuestionServer()) {
    this.server = server;
  }

  open(context = 'Learning about Python', at = 0): Question {
    return json(this.server.reply({ kind: 'initial', context }, this.#random.fork(this.#n++), millis(at)));
  }

  answer(to: Question, content: string, at = 0, sessionId: string | null = to.session_id): HttpReply {
    const messages = [
      { role: 'assistant', content: to.question },
      { role: 'user', content },
    ] as const;
    return this.server.reply(
      { kind: 'follow-up', conversationId: to.conversation_id, sessionId, messages },
      this.#random.fork(this.#n++),
      millis(at),
    );
  }
}

const json = (reply: HttpReply): Question => {
  expect(reply.status).toBe(200);
  return JSON.parse(reply.body) as Question;
};

describe('QuestionServer', () => {
  test('gives each conversation ids of its own, and keeps them through its follow-ups', () => {
    const client = new Client();
    const [one, two] = [client.open(), client.open()];
    expect(new Set([one.conversation_id, two.conversation_id, one.session_id, two.session_id]).size).toBe(4);
    const next = json(client.answer(one, 'data analysis'));
    expect(next).toMatchObject({
      conversation_id: one.conversation_id,
      session_id: one.session_id,
      question_number: 2,
    });
    expect(json(client.answer(next, 'charts')).question_number).toBe(3);
    expect(json(client.answer(two, 'charts', 0, null)).question_number).toBe(2);
  });

  test('builds its questions on the topic and on the answers, a few words of them', () => {
    const client = new Client();
    const opening = client.open('Learning about Python');
    expect(opening.question).toContain('“Learning about Python”');
    const long = 'I mostly want to draw charts. '.repeat(1000);
    const { question } = json(client.answer(opening, long));
    expect(question).toContain('“I mostly want to draw charts”');
    expect(json(client.answer(opening, '🎈'.repeat(5000))).question.length).toBeLessThan(250);
  });

  test('asks several kinds of questions in one conversation', () => {
    const client = new Client();
    const opening = client.open();
    const types = Array.from({ length: 8 }, () => json(client.answer(opening, 'charts')).question_type);
    expect(new Set(types.slice(0, 6)).size).toBe(6);
  });

  test('a reply depends on the state and its stream of chance only', () => {
    const talk = () => {
      const client = new Client();
      return json(client.answer(client.open(), 'charts'));
    };
    expect(talk()).toEqual(talk());
  });

  test('answers 404 for a conversation or session that it does not know, and 400 without an answer', () => {
    const client = new Client();
    const opening = client.open();
    expect(client.answer({ ...opening, conversation_id: 'x' }, 'a')).toMatchObject({
      status: 404,
      body: '{"detail":"Conversation not found"}',
    });
    expect(client.answer({ ...opening, session_id: 'x' }, 'a').status).toBe(404);
    expect(client.answer(opening, '  ').status).toBe(400);
    const { conversation_id: conversationId, session_id: sessionId } = opening;
    const silent = { kind: 'follow-up', conversationId, sessionId, messages: [] } as const;
    expect(client.server.reply(silent, seededRandom('x'), millis(0)).status).toBe(400);
  });

  test('remembers no more conversations than its limit, the least recently used go first', () => {
    const client = new Client(new QuestionServer({ conversations: 32, idle: millis(1e9) }));
    const all = Array.from({ length: 32 }, () => client.open());
    const [oldest, second] = all;
    if (!oldest || !second) throw new Error('no conversations');
    expect(client.answer(oldest, 'a').status).toBe(200);
    client.open();
    expect(client.server.conversations).toBeLessThanOrEqual(32);
    expect(client.answer(oldest, 'a').status).toBe(200);
    expect(client.answer(second, 'a').status).toBe(404);
    for (let n = 0; n < 1000; n++) {
      const fresh = client.open();
      expect(client.answer(fresh, 'a').status).toBe(200);
      expect(client.server.conversations).toBeLessThanOrEqual(32);
    }
  });

  test('forgets conversations that nobody has used for long', () => {
    const client = new Client(new QuestionServer({ conversations: 1000, idle: millis(60_000) }));
    const opening = client.open('x', 0);
    expect(client.answer(opening, 'a', 60_000).status).toBe(200);
    expect(client.answer(opening, 'a', 120_001).status).toBe(404);
    client.open('x', 130_000);
    expect(client.server.conversations).toBe(1);
  });
});
