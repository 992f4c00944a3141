import { describe, expect, test } from 'vitest';
import { SqloadError } from '../core/errors.ts';
import { defaultCorpus } from './default-corpus.ts';
import { parseCorpus } from './parse-corpus.ts';

const tea = { context: 'Choosing a tea', answers: ['Something without caffeine.', 'Hot.'] };
const hats = { context: 'Buying a hat', answers: ['For the garden.'] };

function problemsOf(text: string): readonly string[] {
  try {
    parseCorpus(text, 'talks.yaml');
  } catch (error) {
    if (!(error instanceof SqloadError)) throw error;
    expect(error.exitCode).toBe(2);
    const [title, ...problems] = error.message.split('\n');
    expect(title).toContain('Cannot read corpus "talks.yaml"');
    return problems.map((problem) => problem.trim());
  }
  return [];
}

describe('parseCorpus()', () => {
  test('reads YAML', () => {
    const text = `
- context: Choosing a tea
  answers:
    - Something without caffeine.
    - "Hot."
- { context: Buying a hat, answers: [ For the garden. ] }
`;
    expect(parseCorpus(text, 'talks.yaml')).toEqual([tea, hats]);
  });

  test('reads JSON, and what the corpus that ships is as JSON', () => {
    expect(parseCorpus(JSON.stringify([tea, hats], null, 2), 'talks.json')).toEqual([tea, hats]);
    expect(parseCorpus(JSON.stringify(defaultCorpus), 'talks.json')).toEqual(defaultCorpus);
  });

  test('joins the lines of a long answer', () => {
    const [topic] = parseCorpus('- context: Tea\n  answers:\n    - >\n      Hot,\n      please.\n', 'talks.yaml');
    expect(topic?.answers).toEqual(['Hot, please.']);
  });

  test('names every problem at once, each with its place and path', () => {
    const text = `- context: ""
  answers:
    - Yes.
    - 3
- contxt: Hats
  answers: []
- context: Tea
- tea
- context: Tea
  answers: [" "]
  mood: good
`;
    expect(problemsOf(text)).toEqual([
      expect.stringMatching(/^talks\.yaml:1:12 \[0\]\.context: must be a text that is not empty, got ""$/),
      expect.stringMatching(/^talks\.yaml:4:7 \[0\]\.answers\[1\]: must be a text that is not empty, got 3$/),
      expect.stringMatching(/^talks\.yaml:5:3 \[1\]\.contxt: .*did you mean context\?$/),
      expect.stringMatching(
        /^talks\.yaml:6:\d+ \[1\]\.answers: must be a list of texts, not empty, got an empty list$/,
      ),
      expect.stringMatching(/^talks\.yaml:7:3 \[2\]: must have answers/),
      expect.stringMatching(/^talks\.yaml:8:3 \[3\]: must be a mapping .*, got "tea"$/),
      expect.stringMatching(/^talks\.yaml:10:13 \[4\]\.answers\[0\]: must be a text that is not empty, got " "$/),
      expect.stringMatching(/^talks\.yaml:11:3 \[4\]\.mood: is not a key here/),
    ]);
  });

  test.each([
    ['an empty file', ''],
    ['an empty list', '[]'],
    ['a single conversation', JSON.stringify(tea)],
    ['a text', 'tea'],
  ])('does not read %s', (_, text) => {
    expect(problemsOf(text)).toEqual([expect.stringContaining('must be a list of conversations, each with context')]);
  });

  test('names the line of broken syntax', () => {
    expect(problemsOf('- context: Hats\n  context: Caps\n  answers: [Yes.]\n')).toEqual([
      expect.stringMatching(/^talks\.yaml:2:3 .*unique/),
    ]);
  });
});
