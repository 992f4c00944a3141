import { readFileSync } from 'node:fs';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { describe, expect, test } from 'vitest';
import { failureKinds } from '../core/failure.ts';
import { endReasons } from '../record/run-event.ts';
import { judged } from '../testing/judged.ts';
import { plantedFindings } from '../testing/planted-findings.ts';
import {
  cutShortRun,
  emptyRun,
  failingRun,
  invalidRun,
  type PlantedReport,
  passedRun,
} from '../testing/planted-runs.ts';
import { noSessionRun, sessionsRun } from '../testing/planted-session-runs.ts';
import { plantRecord } from '../testing/record-builder.ts';
import { summaryJson } from './summary-json.ts';
import { buildView } from './view.ts';

const schema: Record<string, unknown> = JSON.parse(
  readFileSync(new URL('./summary.schema.json', import.meta.url), 'utf8'),
);
const validate = new Ajv2020({ allErrors: true, allowUnionTypes: true }).compile(schema);

const text = (report: PlantedReport): string => summaryJson(buildView(judged(report)));
const problems = (summary: unknown): string[] => {
  validate(summary);
  return (validate.errors ?? []).map(({ instancePath, message }) => `${instancePath} ${message}`);
};

describe('summaryJson()', () => {
  test.each([
    ['passed', passedRun],
    ['failing', failingRun],
    ['empty', emptyRun],
    ['cut short', cutShortRun],
    ['invalid', invalidRun],
    ['sessions', sessionsRun],
    ['no-session', noSessionRun],
  ])('writes what the schema describes (%s)', (_, build) => {
    expect(problems(JSON.parse(text(build())))).toEqual([]);
  });

  test('writes findings as the schema describes them', () => {
    const summary = JSON.parse(summaryJson(buildView(judged(failingRun(), plantedFindings))));
    expect(problems(summary)).toEqual([]);
    expect(summary.findings).toHaveLength(plantedFindings.length);
    expect(summary.findings[0].numbers[1]).toEqual({
      ...{ name: 'users_broken', unit: 'users' },
      ...{ value: 240, low: 210, high: 240.123457 },
    });
    expect(problems({ ...summary, findings: [{ ...summary.findings[0], outcome: 'maybe' }] })).not.toEqual([]);
  });

  test('has a place in the schema for every kind of failure and every end', () => {
    const { verdict } = emptyRun();
    for (const kind of failureKinds) {
      const record = plantRecord({ requests: [{ row: 0, at: 1, ms: 5, failed: [kind, 0, 'x'] }] });
      expect(problems(JSON.parse(text({ record, verdict })))).toEqual([]);
    }
    for (const reason of endReasons) {
      const end = { ...emptyEnd, reason };
      expect(problems(JSON.parse(text({ record: plantRecord({ requests: [], end }), verdict })))).toEqual([]);
    }
  });

  test('writes null and beyond_failures where a percentile falls among the failed', () => {
    expect(JSON.parse(text(failingRun()))).toMatchObject({
      total: { adjusted: { p95_ms: null, beyond_failures: true } },
      thresholds: [{ measured: null, beyond_failures: true }, {}, {}],
    });
  });

  test('keeps the text of a server in the value but spells what a terminal would obey', () => {
    const example = '\x9b2J\u202e\u{e0041}\x1b[m"';
    const record = plantRecord({ requests: [{ row: 0, at: 1, ms: 5, failed: ['reset', 0, example] }] });
    const written = text({ record, verdict: emptyRun().verdict });
    expect(written).toMatch(/^[\P{C}\n]*$/u);
    expect(JSON.parse(written)).toMatchObject({ failures: [{ example }] });
  });
});

const emptyEnd = { kind: 'end', reason: 'completed', at: passedRun().record.header.load.timeout, started: 0 } as const;

describe('summary.schema.json', () => {
  const summary = (): Record<string, unknown> => JSON.parse(text(failingRun()));

  test.each([
    ['an unknown key', { ...summary(), p95: 1 }, ' must NOT have additional properties'],
    ['another version', { ...summary(), version: 2 }, '/version must be equal to constant'],
    [
      'a time that is no number',
      { ...summary(), lateness: { count: 1, p50_ms: '1', p95_ms: 1, p99_ms: 1, max_ms: 1 } },
      '/lateness/p50_ms must be number',
    ],
    ['no verdict', { ...summary(), verdict: undefined }, " must have required property 'verdict'"],
    [
      'an unknown kind of failure',
      { ...summary(), failures: [{ kind: 'tired' }] },
      '/failures/0/kind must be equal to one of the allowed values',
    ],
  ])('refuses %s', (_, broken, problem) => {
    expect(problems(JSON.parse(JSON.stringify(broken)))).toContain(problem);
  });

  test('leaves no object open', () => {
    const open: string[] = [];
    const visit = (node: unknown, path: string): void => {
      if (typeof node !== 'object' || node === null) return;
      if ('properties' in node) {
        const { required, properties, additionalProperties } = node as Record<string, unknown>;
        if (additionalProperties !== false) open.push(path);
        expect(required, path).toEqual(Object.keys(properties as object));
      }
      for (const [key, value] of Object.entries(node)) visit(value, `${path}/${key}`);
    };
    visit(schema, '');
    expect(open).toEqual([]);
  });
});
