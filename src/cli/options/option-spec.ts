/** Headings of the help, in this order. */
export const optionGroups = [
  'Runs',
  'Load',
  'Target',
  'Dialect',
  'Connections',
  'Flow',
  'Generator',
  'Monitors',
  'Judging',
  'Output',
  'Built-in server',
  'Server',
] as const;
export type OptionGroup = (typeof optionGroups)[number];

/** One option: everything that the command line, the environment, the help and `--print-config` need to know of it. */
export interface OptionSpec<Value> {
  /** Long name without dashes: `run-time`; a switch that turns something off is called `no-…`. */
  readonly long: string;
  readonly letter: string | null;
  /** A second long name for the same thing. */
  readonly alias: string | null;
  /** What stands for the value in the help; null for a switch. */
  readonly placeholder: string | null;
  /** A value that is right, for hints. */
  readonly example: string;
  /** One that is like a text that is wrong; null: there is only one. */
  readonly exampleLike: ((text: string) => string) | null;
  readonly group: OptionGroup;
  readonly help: string;
  readonly repeatable: boolean;
  /** A value of this option is never shown. */
  readonly secret: boolean;
  /**
   * Reads the texts given in one place: several only for a repeatable option, `true` for a switch.
   * @throws RangeError with what the value must be ("must be …"); the caller says where it stood.
   */
  parse(texts: readonly string[]): Value;
  /** What holds when nobody says anything. */
  readonly fallback: Value;
  /** The value for people, without any secret in it. */
  show(value: Value): string;
  /** The text as it was typed, for an error message, without any secret in it; null when it cannot be shown at all. */
  mask(text: string): string | null;
}

export type OptionTable = Readonly<Record<string, OptionSpec<unknown>>>;

/** The values that a table of options comes to. */
export type Values<Table extends OptionTable> = {
  readonly [Key in keyof Table]: Table[Key] extends OptionSpec<infer Value> ? Value : never;
};

/** What was typed on the command line, unread: each option that was given, with its texts. */
export type Flags<Table extends OptionTable> = { readonly [Key in keyof Table]?: readonly GivenText[] };

/** One text of the command line and the long name that it was given under. */
export interface GivenText {
  readonly name: string;
  readonly text: string;
}

interface Described<Value> {
  readonly long: string;
  readonly letter?: string;
  readonly alias?: string;
  readonly group: OptionGroup;
  readonly help: string;
  readonly fallback: Value;
}

interface Valued<Value, Given> extends Described<Value> {
  readonly placeholder: string;
  readonly example: string;
  readonly exampleLike?: (text: string) => string;
  readonly read: (text: string) => Given;
  readonly show?: (value: Given) => string;
  readonly mask?: (text: string) => string | null;
}

/** An option with one value; given twice, the last one counts. `unset` says in words what null means. */
export function valueOption<Value>(
  spec: Valued<Value, NonNullable<Value>> & { readonly unset?: string; readonly secret?: boolean },
): OptionSpec<Value> {
  const { read, show = String, unset = 'none', secret = false } = spec;
  return {
    ...described(spec),
    placeholder: spec.placeholder,
    example: spec.example,
    exampleLike: spec.exampleLike ?? null,
    repeatable: false,
    secret,
    parse: (texts) => read((texts.at(-1) ?? '').trim()),
    fallback: spec.fallback,
    show: (value) => (value === null || value === undefined ? unset : secret ? 'set' : show(value)),
    mask: spec.mask ?? (secret ? () => null : (text) => text),
  };
}

/** An option that may be given several times; in a variable, one value a line. */
export function listOption<Item>(spec: Omit<Valued<readonly Item[], Item>, 'fallback'>): OptionSpec<readonly Item[]> {
  const { read, show = String } = spec;
  return {
    ...described(spec),
    placeholder: spec.placeholder,
    example: spec.example,
    exampleLike: spec.exampleLike ?? null,
    repeatable: true,
    secret: false,
    parse: (texts) => texts.map((text) => read(text.trim())),
    fallback: [],
    show: (items) => (items.length === 0 ? 'none' : items.map(show).join(', ')),
    mask: spec.mask ?? ((text) => text),
  };
}

/** A switch. One that is called `no-…` turns its setting off, so the setting is true unless it is given. */
export function switchOption(spec: Omit<Described<boolean>, 'fallback'>): OptionSpec<boolean> {
  const off = spec.long.startsWith('no-');
  return {
    ...described(spec),
    placeholder: null,
    example: '1',
    exampleLike: null,
    repeatable: false,
    secret: false,
    parse: (texts) => readSwitch((texts.at(-1) ?? '').trim()) !== off,
    fallback: off,
    show: (on) => (on === off ? 'no' : 'yes'),
    mask: (text) => text,
  };
}

function described({ long, letter, alias, group, help }: Omit<Described<unknown>, 'fallback'>) {
  return { long, letter: letter ?? null, alias: alias ?? null, group, help };
}

function readSwitch(text: string): boolean {
  if (/^(1|true|yes|on)$/i.test(text)) return true;
  if (/^(0|false|no|off)$/i.test(text)) return false;
  throw new RangeError('must be 1 or 0 (or true or false)');
}

/** The variable of an option: `run-time` is SQLOAD_RUN_TIME. */
export const variableOf = (long: string): string => `SQLOAD_${long.toUpperCase().replaceAll('-', '_')}`;
