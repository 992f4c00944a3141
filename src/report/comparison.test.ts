import { readFileSync } from 'node:fs';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { describe, expect, test } from 'vitest';
import type { Comparison } from '../compare/comparison.ts';
import { evenComparison, undecidedComparison, worseComparison } from '../testing/planted-comparisons.ts';
import { renderComparison } from './comparison-console.ts';
import { comparisonCsv } from './comparison-csv.ts';
import { comparisonJson } from './comparison-json.ts';
import { comparisonMarkdown } from './comparison-markdown.ts';
import { parseCsv } from './parse-csv.ts';

const planted: readonly (readonly [string, () => Comparison])[] = [
  ['worse', worseComparison],
  ['even', evenComparison],
  ['undecided', undecidedComparison],
];

// To be read by people when they change: `npx vitest run comparison -u` writes them anew.
describe.each(planted)('a comparison that is %s', (name, build) => {
  test.each([
    ['txt', (comparison: Comparison) => renderComparison(comparison, { color: false })],
    ['csv', comparisonCsv],
    ['json.txt', comparisonJson],
    ['md', comparisonMarkdown],
  ])('is written as the golden %s', async (kind, render) => {
    await expect(render(build())).toMatchFileSnapshot(`golden/comparison-${name}.${kind}`);
  });

  test('fits 100 columns but for its last line, and ends with its sentence', () => {
    const lines = renderComparison(build(), { color: false }).trimEnd().split('\n');
    for (const line of lines.slice(0, -1)) expect(line.length, line).toBeLessThanOrEqual(100);
    expect(lines.at(-1)).toBe(build().sentence);
  });

  test('marks what matters without changing a letter', () => {
    const plain = renderComparison(build(), { color: false });
    const colored = renderComparison(build(), { color: true });
    expect(plain).not.toContain('\x1b');
    // biome-ignore lint/suspicious/noControlCharactersInRegex: colours are what is taken away here
    expect(colored.replace(/\x1b\[\d+m/g, '')).toBe(plain);
    expect(colored).not.toBe(plain);
  });

  test('has as many lines of CSV as metrics, all with the same cells', () => {
    const rows = parseCsv(comparisonCsv(build()));
    expect(rows).toHaveLength(1 + build().groups.flatMap(({ metrics }) => metrics).length);
    expect(new Set(rows.map((row) => row.length)).size).toBe(1);
  });
});

describe('comparisonMarkdown()', () => {
  test('lets no text of a stranger be read as Markdown or HTML, mention somebody, or leave its cell', () => {
    const hostile = '<script>alert(1)</script> **bold** [x](http://evil) @team #12 | `code` www.evil.example\n# h1';
    const base = worseComparison();
    const comparison: Comparison = {
      ...base,
      sentence: hostile,
      notes: [hostile],
      baseline: { ...base.baseline, runs: [{ label: hostile, path: hostile }] },
      groups: base.groups.map((group) => ({ ...group, name: hostile })),
    };
    const text = comparisonMarkdown(comparison).replace(/`[^`\n]*`/g, 'CODE');
    expect(/<script|\*\*bold|(?<!\\)\]\(|@team|(?<!&)#12|:\/\/evil|www\.evil/.exec(text)).toBeNull();
    for (const line of text.split('\n').filter((each) => each.startsWith('|')))
      expect(line.replaceAll('\\|', '').split('|')).toHaveLength(9);
    expect(text.split('\n').filter((line) => line.startsWith('#'))).toHaveLength(1);
  });
});

describe('comparison.schema.json', () => {
  const schema: Record<string, unknown> = JSON.parse(
    readFileSync(new URL('./comparison.schema.json', import.meta.url), 'utf8'),
  );
  const validate = new Ajv2020({ allErrors: true, allowUnionTypes: true }).compile(schema);
  const problems = (document: unknown): string[] => {
    validate(document);
    return (validate.errors ?? []).map(({ instancePath, message }) => `${instancePath} ${message}`);
  };

  test.each(planted)('describes what comparisonJson() writes (%s)', (_, build) => {
    expect(problems(JSON.parse(comparisonJson(build())))).toEqual([]);
  });

  const whole = (): Record<string, unknown> => JSON.parse(comparisonJson(worseComparison()));
  test.each([
    ['an unknown key', { ...whole(), p95: 1 }, ' must NOT have additional properties'],
    ['another version', { ...whole(), version: 2 }, '/version must be equal to constant'],
    ['no verdict', { ...whole(), verdict: undefined }, " must have required property 'verdict'"],
    ['an unknown method', { ...whole(), method: 'guess' }, '/method must be equal to one of the allowed values'],
  ])('refuses %s', (_, broken, problem) => {
    expect(problems(JSON.parse(JSON.stringify(broken)))).toContain(problem);
  });

  test('leaves no object open', () => {
    const visit = (node: unknown, path: string): void => {
      if (typeof node !== 'object' || node === null) return;
      if ('properties' in node) {
        const { required, properties, additionalProperties } = node as Record<string, unknown>;
        expect(additionalProperties, path).toBe(false);
        expect(required, path).toEqual(Object.keys(properties as object));
      }
      for (const [key, value] of Object.entries(node)) visit(value, `${path}/${key}`);
    };
    visit(schema, '');
  });
});
