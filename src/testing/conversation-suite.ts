import { describe, expect, test } from 'vitest';
import { seededRandom } from '../core/random.ts';
import { createDialect } from '../protocol/create-dialect.ts';
import type { Answer, Parsed } from '../protocol/dialect.ts';
import type { DialectPlan } from '../protocol/dialect-plan.ts';
import { Flow } from '../protocol/flow.ts';
import type { Step } from '../protocol/step.ts';
import { type Line, Talker } from './talker.ts';

/** What a dialect does not have, so that the suites do not ask for it. */
export interface DialectTraits {
  /** The row `automatic`. */
  readonly automatic: boolean;
  /** Its answers hold ids, and its requests give them back. */
  readonly ids: boolean;
  /** Its answers say when a conversation is over. */
  readonly ends: boolean;
  /** It has a session that the server could forget. */
  readonly forgets: boolean;
}

/** `forgetful`: loses some sessions, and each time tells whoever asks next. */
export type Temper = 'usual' | 'forgetful';

const health: Step = { row: 'health' };
const initial: Step = { row: 'initial', userId: 'user-1', context: 'Learning “Python”', answersLeft: 2 };
const automatic: Step = { row: 'automatic', userId: 'user-2', context: 'Planning' };
/** More answers than a server has questions: who ends the conversation is the server, if it can say so. */
const mostAnswers = 9;
const answers = Array.from({ length: mostAnswers }, (_, n) => `Ümläute, "quotes"\nand more (${n})`);

/**
 * What holds of every dialect, whatever carries it: memory, or sockets to the built-in server. `call` makes a server of the kind, which
 * ends a conversation after eight questions at most where it can say so, and a line to it.
 */
export function conversationSuite(
  name: string,
  plan: DialectPlan,
  traits: DialectTraits,
  call: (temper: Temper) => Promise<Line>,
): void {
  const dialect = createDialect(plan);
  const begin = async (temper: Temper = 'usual'): Promise<Talker> => new Talker(dialect.session(), await call(temper));

  describe(`${name} in conversation`, () => {
    test('sets a session up, is answered in every row, and takes its leave', async () => {
      const talker = await begin();
      expect(await talker.setUp()).toEqual({ ok: true });
      expect(await talker.ask(health)).toEqual({ ...nothing, ok: true });
      expect(shapeOf(await talker.ask(initial))).toEqual({ ids: traits.ids, question: true, done: false });
      if (traits.automatic) expect(await talker.ask(automatic)).toMatchObject({ ok: true });
      expect(await talker.leave()).toEqual({ ok: true });
    });

    test('follow-ups go on with the conversation until it is over; then a new one begins', async () => {
      const talker = await begin();
      const flow = new Flow(questions, seededRandom(name));
      let [before, turns, conversations, ends]: [Answer | null, number, number, number] = [null, 0, 0, 0];
      for (let n = 0; n < 2 * mostAnswers + 4; n++) {
        const step = flow.next();
        const isOver = before === null || before.done || turns === mostAnswers;
        expect(step.row).toBe(isOver ? 'initial' : 'follow-up');
        if (step.row === 'follow-up') {
          expect([step.conversationId, step.sessionId]).toEqual([before?.conversationId, before?.sessionId]);
          expect(step.history.at(-1)?.question).toBe(before?.question);
        }
        const answer = answered(await talker.ask(step));
        flow.settle(step, answer);
        if (step.row === 'follow-up' && traits.ids) expect(answer.conversationId).toBe(before?.conversationId);
        turns = isOver ? 0 : turns + 1;
        conversations += isOver ? 1 : 0;
        ends += answer.done ? 1 : 0;
        before = answer;
      }
      expect(conversations).toBeGreaterThanOrEqual(2);
      expect(ends > 0).toBe(traits.ends);
      await talker.leave();
    });

    // Without sessions there is none to lose.
    if (!traits.forgets) return;
    test('a lost session fails one question, and the next has a new one', async () => {
      const talker = await begin('forgetful');
      let [losses, sets]: [number, number] = [0, 0];
      for (let n = 0; n < 40 && losses < 3; n++) {
        if (talker.session.next() !== null) sets += 1;
        const parsed = await talker.ask(initial);
        if (!parsed.ok) {
          losses += 1;
          expect(parsed).toMatchObject({ kind: 'http-4xx' });
          expect(talker.session.wasLost()).toBe(true);
        } else expect(talker.session.wasLost()).toBe(false);
      }
      expect(losses).toBe(3);
      expect(sets).toBe(3);
      expect(await talker.ask(health)).toHaveProperty('ok');
      await talker.leave();
    });
  });
}

const nothing = { conversationId: '', sessionId: '', question: '', done: false };

const questions = {
  mix: { health: 0, initial: 0, 'follow-up': 1, automatic: 0 },
  history: 'growing',
  corpus: [{ context: 'Learning “Python”', answers }],
} as const;

function answered(parsed: Parsed): Answer {
  if (!parsed.ok) throw new Error(`no answer but ${parsed.kind}, HTTP ${parsed.status}: ${parsed.detail}`);
  return parsed;
}

function shapeOf(parsed: Parsed): unknown {
  const { conversationId, sessionId, question, done } = answered(parsed);
  expect(conversationId !== '').toBe(sessionId !== '');
  return { ids: conversationId !== '', question: question !== '', done };
}
