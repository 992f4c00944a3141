import { usageError } from '../../core/errors.ts';
import type { DialectPlan } from '../../protocol/dialect-plan.ts';
import { dialectOptions } from '../options/dialect-options.ts';
import type { DialectChoice } from '../options/dialect-values.ts';
import { variableOf } from '../options/option-spec.ts';
import type { SettingText } from './print-config.ts';
import type { Setting, Settings } from './settings.ts';

export type DialectSettings = Settings<typeof dialectOptions>;
type Key = Exclude<keyof DialectSettings, 'dialect'>;

const keys = Object.keys(dialectOptions).filter((key): key is Key => key !== 'dialect');

/** When nobody says anything. */
export const nothingSaid = Object.fromEntries(
  Object.entries(dialectOptions).map(([key, { fallback }]) => [key, { value: fallback, from: 'default' }]),
) as unknown as DialectSettings;

/** How a scenario file says it. */
const inFile: Readonly<Record<Key, string>> = {
  paths: 'paths',
  mcpVersion: 'mcp.version',
  mcpPath: 'mcp.path',
  mcpTransport: 'mcp.transport',
  mcpHealth: 'mcp.health',
  tools: 'mcp.tool',
  toolArguments: 'mcp.arguments',
  toolReply: 'mcp.reply',
};

/**
 * The settings without those that say nothing to the chosen dialect. A variable may stand ready for other runs, and so may a
 * section of a scenario file whose dialect is overridden; a flag is meant for this one, and a file must not contradict itself.
 * @throws SqloadError (exit 2)
 */
export function withoutForeign<All extends DialectSettings>(settings: All): All {
  const foreign = keys.filter((key) => settings[key].from !== 'default' && !isOwn(key, settings));
  for (const key of foreign) rejectMeant(key, settings);
  const none = foreign.map((key) => [key, { value: dialectOptions[key].fallback, from: 'default' }]);
  return { ...settings, ...Object.fromEntries(none) };
}

/** The dialects that a setting says something to. */
function ownersOf(key: Key, settings: DialectSettings): readonly DialectChoice[] {
  switch (key) {
    case 'paths':
      return settings.paths.value?.automatic === undefined
        ? ['guide', 'docs', 'upstream', 'auto']
        : ['upstream', 'auto'];
    case 'tools':
      return settings.tools.value?.kind === 'one' ? ['mcp-tool'] : ['mcp', 'mcp-sse', 'mcp-tool', 'auto'];
    case 'mcpVersion':
    case 'mcpPath':
    case 'mcpHealth':
      return ['mcp', 'mcp-sse', 'mcp-tool', 'auto'];
    case 'mcpTransport':
    case 'toolArguments':
    case 'toolReply':
      return ['mcp-tool'];
  }
}

/** The HTTP+SSE transport belongs to one revision. */
const onlyOverSse: readonly unknown[] = ['auto', '2024-11-05'];

function isOwn(key: Key, settings: DialectSettings): boolean {
  const { dialect, mcpVersion } = settings;
  if (!ownersOf(key, settings).includes(dialect.value)) return false;
  return key !== 'mcpVersion' || !isOverSse(settings) || onlyOverSse.includes(mcpVersion.value);
}

const isOverSse = ({ dialect, mcpTransport }: DialectSettings): boolean =>
  dialect.value === 'mcp-sse' || (dialect.value === 'mcp-tool' && mcpTransport.value === 'http+sse');

function rejectMeant(key: Key, settings: DialectSettings): void {
  const { dialect } = settings;
  const { from } = settings[key];
  const ofFile = from === 'scenario file' && (dialect.from === 'scenario file' || dialect.from === 'default');
  if (from !== 'flag' && !ofFile) return;
  const name = dialect.value;
  const owners = ownersOf(key, settings);
  if (owners.includes(name))
    throw usageError(
      `${written(key, settings)} says nothing over HTTP+SSE, which only the revision 2024-11-05 has.`,
      'Leave it out, or give --mcp-transport streamable-http with mcp-tool.',
    );
  if (key === 'tools' && (name === 'mcp' || name === 'mcp-sse' || name === 'auto'))
    throw usageError(
      `${written(key, settings)} names one tool for every question, which is the dialect mcp-tool and not ${name}.`,
      'Give --dialect mcp-tool, or a tool for each kind of question: --tool initial=ask,follow-up=ask_more.',
    );
  if (key === 'paths' && (name === 'guide' || name === 'docs'))
    throw usageError(
      `${written(key, settings)} has a path for automatic questioning, which the dialect ${name} does not know.`,
      'Leave that name out, or give --dialect upstream.',
    );
  throw usageError(
    `${written(key, settings)} says nothing to the dialect ${name}.`,
    `It belongs to ${owners.filter((owner) => owner !== 'auto').join(', ')}: give --dialect with one of them, or leave it out.`,
  );
}

/**
 * What was said for this run and would be in the way of another dialect, as it was written: what says nothing to it, and paths and
 * revisions that belong to the one that was asked in.
 */
export function inTheWay(said: DialectSettings, found: DialectPlan): readonly string[] {
  const { dialect, mcpTransport, mcpVersion } = said;
  const then: DialectSettings = {
    ...said,
    dialect: { ...dialect, value: found.name },
    mcpTransport: { ...mcpTransport, value: 'transport' in found ? found.transport : mcpTransport.value },
  };
  const leavesSse = isOverSse(said) && !isOverSse(then);
  return keys.flatMap((key) => {
    if (said[key].from === 'default') return [];
    if (key === 'paths' && 'paths' in found) return [written(key, said)];
    if (key === 'mcpVersion' && leavesSse && mcpVersion.value !== 'auto') return [written(key, said)];
    return said[key].from === 'flag' && !isOwn(key, then) ? [written(key, said)] : [];
  });
}

/** How it was said: `--mcp-path`, `SQLOAD_MCP_PATH` or `mcp.path of the scenario file`. */
export function written(key: Key, said: DialectSettings): string {
  const { long } = dialectOptions[key];
  switch (said[key].from) {
    case 'scenario file':
      return `${inFile[key]} of the scenario file`;
    case 'environment':
    case '.env':
      return variableOf(long);
    default:
      return `--${long}`;
  }
}

/** The settings with what the plan made of them in place of what nobody said. */
export function asPlanned<All extends DialectSettings>(settings: All, plan: DialectPlan): All {
  const { mcpVersion } = settings;
  switch (plan.name) {
    case 'guide':
    case 'docs':
    case 'upstream': {
      const { automatic, ...paths } = plan.paths;
      return { ...settings, paths: completed(settings.paths, plan.name === 'upstream' ? plan.paths : paths) };
    }
    case 'mcp':
    case 'mcp-sse':
    case 'mcp-tool':
      return {
        ...settings,
        mcpVersion:
          plan.transport === 'http+sse'
            ? completed(mcpVersion, plan.version)
            : completed(mcpVersion, mcpVersion.value ?? 'auto'),
        mcpPath: completed(settings.mcpPath, plan.path),
        mcpTransport: completed(settings.mcpTransport, plan.transport),
        mcpHealth: completed(settings.mcpHealth, plan.health),
      };
    case 'rest':
      return settings;
  }
}

/** How a record tells what was found out, since its settings say how the run was played. */
export function foundSettings(settings: DialectSettings, plan: DialectPlan): Readonly<Record<string, SettingText>> {
  const { dialect, mcpVersion } = settings;
  const found = (value: string, { from }: Setting<unknown>): SettingText => ({
    value: `${value} (found by auto)`,
    from,
  });
  return {
    ...(dialect.value === 'auto' ? { dialect: found(plan.name, dialect) } : {}),
    ...('version' in plan && mcpVersion.value === 'auto' ? { 'mcp-version': found(plan.version, mcpVersion) } : {}),
  };
}

const completed = <Value>({ from }: Setting<unknown>, value: Value): Setting<Value> => ({ value, from });
