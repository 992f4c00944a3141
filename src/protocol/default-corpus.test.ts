import { describe, expect, test } from 'vitest';
import { defaultCorpus } from './default-corpus.ts';

const words = (text: string): number => text.split(/\s+/).length;

describe('defaultCorpus', () => {
  test('holds at least 24 conversations, each with a context of its own', () => {
    const contexts = new Set(defaultCorpus.map((topic) => topic.context));
    expect(defaultCorpus.length).toBeGreaterThanOrEqual(24);
    expect(contexts.size).toBe(defaultCorpus.length);
  });

  test('starts with the conversation of the load-testing guide', () => {
    expect(defaultCorpus[0]?.context).toBe('Learning about Python programming');
    expect(defaultCorpus[0]?.answers[0]).toBe("I'm interested in Python's data analysis capabilities.");
  });

  test.each(defaultCorpus)('keeps "$context" within 3 to 8 different answers of 3 to 60 words', ({ answers }) => {
    expect(answers.length).toBeGreaterThanOrEqual(3);
    expect(answers.length).toBeLessThanOrEqual(8);
    expect(new Set(answers).size).toBe(answers.length);
    for (const answer of answers) {
      expect(words(answer)).toBeGreaterThanOrEqual(3);
      expect(words(answer)).toBeLessThanOrEqual(60);
    }
  });

  test('varies: conversations of every length from 3 to 8, answers short and long', () => {
    const lengths = new Set(defaultCorpus.map((topic) => topic.answers.length));
    const sizes = defaultCorpus.flatMap((topic) => topic.answers).map(words);
    expect([...lengths].sort()).toEqual([3, 4, 5, 6, 7, 8]);
    expect(sizes.filter((size) => size <= 10).length).toBeGreaterThan(20);
    expect(sizes.filter((size) => size >= 25).length).toBeGreaterThan(15);
  });
});
