import type { OptionSpec, OptionTable } from '../options/option-spec.ts';
import type { Setting, Settings } from './settings.ts';

/** A setting in words: nothing secret in it. */
export interface SettingText {
  readonly value: string;
  readonly from: string;
}

/** Every setting under its long name, in words: for the record of a run. A secret is `set` or `not set`. */
export function describeSettings<Table extends OptionTable>(
  table: Table,
  settings: Settings<Table>,
): Readonly<Record<string, SettingText>> {
  return Object.fromEntries(
    entries(table, settings).map(([spec, { value, from }]) => [spec.long, { value: spec.show(value), from }]),
  );
}

/** The settings as an aligned table: name, value, where it came from. A secret is `set (from .env)` or `not set`. */
export function renderConfig<Table extends OptionTable>(table: Table, settings: Settings<Table>): string {
  const rows = entries(table, settings).map(([spec, { value, from }]) => {
    const shown = spec.show(value);
    return [spec.long, spec.secret && from !== 'default' ? `${shown} (from ${from})` : shown, from] as const;
  });
  const all = [['setting', 'value', 'from'] as const, ...rows];
  const widths = [0, 1].map((column) => Math.max(...all.map((row) => row[column]?.length ?? 0)));
  return all
    .map(([name, value, from]) => `${name.padEnd(widths[0] ?? 0)}  ${value.padEnd(widths[1] ?? 0)}  ${from}\n`)
    .join('');
}

function entries<Table extends OptionTable>(
  table: Table,
  settings: Settings<Table>,
): readonly (readonly [OptionSpec<unknown>, Setting<unknown>])[] {
  const byKey: Readonly<Record<string, Setting<unknown> | undefined>> = settings;
  return Object.entries(table).flatMap(([key, spec]) => {
    const setting = byKey[key];
    return setting === undefined ? [] : [[spec, setting] as const];
  });
}
