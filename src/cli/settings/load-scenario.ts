import { readFileSync } from 'node:fs';
import { parseByteSize } from '../../core/byte-size.ts';
import { usageError } from '../../core/errors.ts';
import { compilePointer } from '../../core/json-pointer.ts';
import { parseFault } from '../../mock/fault.ts';
import { parseLatency } from '../../mock/latency-law.ts';
import { parseMonitor } from '../../monitor/monitor-source.ts';
import { rowIds } from '../../protocol/dialect.ts';
import { compileTemplate } from '../../protocol/json-template.ts';
import { parseThreshold, sessionRow } from '../../verdict/threshold.ts';
import { parseScenario } from '../../workload/parse-scenario.ts';
import type { Scenario } from '../../workload/scenario.ts';
import type { ScenarioGrammars } from '../../workload/scenario-grammars.ts';
import type { Host } from '../host.ts';
import { parseAddress } from '../options/address.ts';
import { parseConnections, parseKeepAlive } from '../options/connection-values.ts';
import { parseDialect, parseMcpHealth, parseMcpTransport, parseMcpVersion } from '../options/dialect-values.ts';
import { checkHeader } from '../options/header-field.ts';
import { parseCores } from '../options/monitor-options.ts';
import { parseDone, parseTool } from '../options/tool-values.ts';
import { readInputFile } from './read-input-file.ts';

/** Scenarios that ship with sqload, in `scenarios/`: a preset is nothing but its file. */
const presetNames = ['ramp', 'sustained', 'spike'] as const;
export type PresetName = (typeof presetNames)[number];

const isPreset = (name: string): boolean => (presetNames as readonly string[]).includes(name);

/**
 * Reads the scenario of this name, or of this file. A file wins only when it is written as a path.
 * @throws SqloadError (exit 2) when there is none, or with every problem that the file has.
 */
export function loadScenario(host: Host, nameOrFile: string): Scenario {
  if (isPreset(nameOrFile)) return parseScenario(readPreset(nameOrFile), `scenarios/${nameOrFile}.yaml`, grammars);
  if (!/[./\\]/.test(nameOrFile) && !host.fileExists(nameOrFile))
    throw usageError(
      `There is no scenario "${nameOrFile}".`,
      `Give ${presetNames.join(', ')}, or the path of a scenario file.`,
    );
  return parseScenario(readInputFile(host, nameOrFile, 'the scenario'), nameOrFile, grammars);
}

const grammars: ScenarioGrammars = {
  threshold: (text) => parseThreshold(text, 'scenario', rows),
  host: parseAddress,
  header: checkHeader,
  monitor: parseMonitor,
  cpuLimit: parseCores,
  memoryLimit: parseByteSize,
  latency: parseLatency,
  fault: parseFault,
  connections: parseConnections,
  keepAlive: parseKeepAlive,
  dialect: parseDialect,
  mcpVersion: parseMcpVersion,
  mcpTransport: parseMcpTransport,
  mcpHealth: parseMcpHealth,
  tool: parseTool,
  template: compileTemplate,
  constant: rejectPlaceholder,
  pointer: compilePointer,
  done: parseDone,
};

const rows = [...rowIds.map((id) => ({ id })), sessionRow];

/** A health check asks nothing and answers nothing. */
function rejectPlaceholder(text: string): void {
  const found = /\{\{[^{}]*\}\}/.exec(text);
  if (found) throw new RangeError(`has the placeholder ${found[0]}, which stands for nothing in a health check`);
}

/** Two folders up from here in `src` and in `dist` alike. */
function readPreset(name: string): string {
  return readFileSync(new URL(`../../../scenarios/${name}.yaml`, import.meta.url), 'utf8');
}
