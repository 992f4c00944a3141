import { describe, expect, test } from 'vitest';
import { seededRandom } from '../core/random.ts';
import { millis } from '../core/units.ts';
import { type Asked, type QuestionAnswer, QuestionServer } from './question-server.ts';

type Question = Extract<QuestionAnswer, { kind: 'question' }>;

/** Speaks with one server; request n draws from stream n. */
class Client {
  readonly server: QuestionServer;
  readonly #random = seededRandom('client');
  #n = 0;

  constructor(server = new QuestionServer()) {
    this.server = server;
  }

  ask(asked: Asked, at = 0): QuestionAnswer {
    return this.server.answer(asked, this.#random.fork(this.#n++), millis(at));
  }

  open(context = 'Learning about Python', at = 0): Question {
    return question(this.ask({ kind: 'initial', context }, at));
  }

  answer({ conversationId, sessionId }: Ids, answer: string, at = 0): QuestionAnswer {
    return this.ask({ kind: 'follow-up', conversationId, sessionId, answer }, at);
  }
}

interface Ids {
  readonly conversationId: string | null;
  readonly sessionId: string | null;
}

const question = (answer: QuestionAnswer): Question => {
  if (answer.kind !== 'question') throw new Error(`no question but ${JSON.stringify(answer)}`);
  return answer;
};
const isRefused = (status: number) => ({ kind: 'refused', status });

describe('QuestionServer', () => {
  test('gives each conversation ids of its own, and keeps them through its follow-ups', () => {
    const client = new Client();
    const [one, two] = [client.open(), client.open()];
    expect(new Set([one.conversationId, two.conversationId, one.sessionId, two.sessionId]).size).toBe(4);
    const next = question(client.answer(one, 'data analysis'));
    expect(next).toMatchObject({
      conversationId: one.conversationId,
      sessionId: one.sessionId,
      question: { number: 2 },
    });
    expect(question(client.answer(next, 'charts')).question.number).toBe(3);
    expect(question(client.answer({ ...two, sessionId: null }, 'charts')).question.number).toBe(2);
  });

  test('opens no old conversation for the same words, and a follow-up without one opens it', () => {
    const client = new Client();
    expect(client.open('x').conversationId).not.toBe(client.open('x').conversationId);
    const {
      conversationId,
      sessionId,
      question: asked,
    } = question(client.answer({ conversationId: null, sessionId: null }, 'charts'));
    expect(asked.number).toBe(2);
    expect(question(client.answer({ conversationId, sessionId }, 'more')).question.number).toBe(3);
  });

  test('builds its questions on the topic and on the answers, a few words of them', () => {
    const client = new Client();
    const opening = client.open('Learning about Python');
    expect(opening.question.text).toContain('“Learning about Python”');
    const long = 'I mostly want to draw charts. '.repeat(1000);
    expect(question(client.answer(opening, long)).question.text).toContain('“I mostly want to draw charts”');
    expect(question(client.answer(opening, '🎈'.repeat(5000))).question.text.length).toBeLessThan(250);
  });

  test('asks several kinds of questions in one conversation, and says which is the last', () => {
    const client = new Client();
    const opening = client.open();
    const all = Array.from({ length: 8 }, () => question(client.answer(opening, 'charts')));
    expect(new Set(all.slice(0, 6).map(({ question: { type } }) => type)).size).toBe(6);
    expect(all.map(({ question: { number }, done }) => (done ? `${number} last` : number))).toEqual([
      ...[2, 3, 4, 5, 6, 7],
      ...['8 last', '9 last'],
    ]);
  });

  test('asks a whole round by itself, which can be followed up', () => {
    const client = new Client();
    const round = client.ask({ kind: 'automatic', context: 'Python', questions: 3 });
    if (round.kind !== 'round') throw new Error(round.kind);
    expect(round.questions.map(({ number }) => number)).toEqual([1, 2, 3]);
    expect(question(client.answer(round, 'charts')).question.number).toBe(4);
  });

  test('an answer depends on the state and its stream of chance only', () => {
    const talk = () => {
      const client = new Client();
      return client.answer(client.open(), 'charts');
    };
    expect(talk()).toEqual(talk());
  });

  test('refuses a conversation or session that it does not know with 404, and silence with 400', () => {
    const client = new Client();
    const opening = client.open();
    expect(client.answer({ ...opening, conversationId: 'x' }, 'a')).toEqual({
      ...isRefused(404),
      detail: 'Conversation not found',
    });
    expect(client.answer({ ...opening, sessionId: 'x' }, 'a')).toMatchObject(isRefused(404));
    expect(client.answer(opening, '  ')).toMatchObject(isRefused(400));
    expect(client.answer({ conversationId: null, sessionId: null }, '')).toMatchObject(isRefused(400));
    expect(client.server.conversations).toBe(1);
  });

  test('remembers no more conversations than its limit, the least recently used go first', () => {
    const client = new Client(new QuestionServer({ conversations: 32, idle: millis(1e9) }));
    const all = Array.from({ length: 32 }, () => client.open());
    const [oldest, second] = all;
    if (!oldest || !second) throw new Error('no conversations');
    expect(client.answer(oldest, 'a').kind).toBe('question');
    client.open();
    expect(client.server.conversations).toBeLessThanOrEqual(32);
    expect(client.answer(oldest, 'a').kind).toBe('question');
    expect(client.answer(second, 'a')).toMatchObject(isRefused(404));
    for (let n = 0; n < 1000; n++) {
      const fresh = client.open();
      expect(client.answer(fresh, 'a').kind).toBe('question');
      expect(client.server.conversations).toBeLessThanOrEqual(32);
    }
  });

  test('forgets conversations that nobody has used for long', () => {
    const client = new Client(new QuestionServer({ conversations: 1000, idle: millis(60_000) }));
    const opening = client.open('x', 0);
    expect(client.answer(opening, 'a', 60_000).kind).toBe('question');
    expect(client.answer(opening, 'a', 120_001)).toMatchObject(isRefused(404));
    client.open('x', 130_000);
    expect(client.server.conversations).toBe(1);
  });
});
