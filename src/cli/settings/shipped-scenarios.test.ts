import { readdirSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { fakeHost } from '../../testing/fake-host.ts';
import { dialectPlanOf, playable } from './dialect-plan-of.ts';
import { loadScenario } from './load-scenario.ts';
import { resolveRunSettings } from './run-settings.ts';
import { scenarioValues } from './scenario-values.ts';

const folder = new URL('../../../scenarios/', import.meta.url);
const files = Object.fromEntries(
  readdirSync(folder).map((name) => [`scenarios/${name}`, readFileSync(new URL(name, folder), 'utf8')]),
);
const requests = { basePath: '', headers: [] };

test.each(Object.keys(files))('%s loads with all of its grammars, and its dialect can play its mix', (file) => {
  const host = fakeHost({ files });
  const scenario = loadScenario(host, file);
  const said = resolveRunSettings(host, {}, scenarioValues(scenario));
  const plan = dialectPlanOf({ host, said, rest: scenario.rest, requests, origin: null });
  expect(playable(said.mix, plan).value.initial).toBeGreaterThan(0);
  // An example for a dialect is in the file of its name.
  if (scenario.dialect !== null && scenario.name !== 'sequential-thinking') expect(plan.name).toBe(scenario.name);
});
