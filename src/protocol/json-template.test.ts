import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { JsonTemplate } from './dialect-plan.ts';
import { compilePath, compileTemplate, placeholders } from './json-template.ts';
import type { QuestionStep } from './question-body.ts';

const initial: QuestionStep = { row: 'initial', userId: 'u1', context: 'Python', answersLeft: 2 };
const followUp: QuestionStep = {
  row: 'follow-up',
  userId: 'u1',
  context: 'Python',
  conversationId: 'c/1',
  sessionId: 's1',
  history: [{ question: 'What?', answer: 'Data, "mostly"' }],
  turn: 1,
  answersLeft: 1,
};
const fill = (template: JsonTemplate, step: QuestionStep): unknown => JSON.parse(compileTemplate(template)(step));

describe('compileTemplate()', () => {
  test('a lone placeholder keeps its type, one within a text becomes text', () => {
    const template = {
      n: '{{turn}}',
      of: '{{ turns }}',
      more: '{{more}}',
      list: '{{messages}}',
      text: 'turn {{turn}} of {{turns}}: {{answer}}',
      nested: [{ who: '{{user_id}}' }, null, true, 7, 'plain'],
    };
    expect(fill(template, followUp)).toEqual({
      n: 2,
      of: 3,
      more: true,
      list: [
        { role: 'assistant', content: 'What?' },
        { role: 'user', content: 'Data, "mostly"' },
      ],
      text: 'turn 2 of 3: Data, "mostly"',
      nested: [{ who: 'u1' }, null, true, 7, 'plain'],
    });
  });

  test('in a first call there is no answer yet: the message is the context', () => {
    const template = [
      '{{message}}',
      '{{answer}}',
      '{{question}}',
      '{{conversation_id}}',
      '{{turn}}',
      '{{turns}}',
      '{{messages}}',
    ];
    expect(fill(template, initial)).toEqual(['Python', '', '', '', 1, 3, []]);
    expect(fill('{{message}}', followUp)).toBe('Data, "mostly"');
    expect(fill('{{more}}', { ...followUp, answersLeft: 0 })).toBe(false);
  });

  test('JSON without placeholders is itself, whatever it holds', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (json) => {
        fc.pre(!JSON.stringify(json).includes('{{'));
        expect(fill(json as JsonTemplate, initial)).toEqual(JSON.parse(JSON.stringify(json)));
      }),
    );
  });

  test('every text arrives as it was', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (answer) => {
        const step = { ...followUp, history: [{ question: 'q', answer }] };
        expect(fill({ a: '{{answer}}', b: '<{{answer}}>' }, step)).toEqual({ a: answer, b: `<${answer}>` });
      }),
    );
  });

  test('a placeholder without its end is no text', () => {
    for (const text of ['{{turn', 'a {{ b', '{{turn}} {{'])
      expect(() => compileTemplate({ at: text })).toThrow('has {{ without the }} that ends a placeholder');
  });

  test('a placeholder that does not exist is named, with the one that was meant', () => {
    expect(() => compileTemplate({ a: ['{{mesage}}'] })).toThrow(
      '{{mesage}}, which does not exist; did you mean {{message}}?',
    );
    expect(() => compileTemplate('{{zzz}}')).toThrow(placeholders.join(', '));
    expect(() => compileTemplate('{{constructor}}')).toThrow(RangeError);
  });
});

test('compilePath() percent-encodes what it fills in', () => {
  expect(compilePath('/talks/{{conversation_id}}/next?q={{answer}}')(followUp)).toBe(
    '/talks/c%2F1/next?q=Data%2C%20%22mostly%22',
  );
  expect(compilePath('/{{answer}}')({ ...followUp, history: [{ question: '', answer: '\ud83d' }] })).toBe('/%EF%BF%BD');
});
