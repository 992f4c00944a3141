import { didYouMean } from '../../core/did-you-mean.ts';

/**
 * Reads a list like `initial=/x,health=/y` of which every name is one of `names`, each once at most. Values may hold `=`, but no comma.
 * @throws RangeError saying what it must be; `example` is a list that is right.
 */
export function readNamed<Name extends string>(
  text: string,
  names: readonly Name[],
  example: string,
): readonly (readonly [Name, string])[] {
  const seen = new Set<string>();
  return text.split(',').map((part) => {
    const equals = part.indexOf('=');
    const given = part.slice(0, equals < 0 ? undefined : equals).trim();
    const name = names.find((known) => known === given);
    if (equals < 0) throw new RangeError(`must be a list like ${example}`);
    if (name === undefined) {
      const near = didYouMean(given, names);
      const meant = near === null ? '' : `; did you mean ${near}?`;
      throw new RangeError(`must name only ${names.join(', ')}: there is no "${given}"${meant}`);
    }
    if (seen.has(name)) throw new RangeError(`must name ${name} only once`);
    seen.add(name);
    return [name, part.slice(equals + 1).trim()] as const;
  });
}

/** Writes a list as `readNamed` reads it, in the order of `names`; what has no value is left out. */
export const showNamed = <Name extends string>(
  names: readonly Name[],
  values: Readonly<Partial<Record<Name, string | number>>>,
): string => names.flatMap((name) => (values[name] === undefined ? [] : [`${name}=${values[name]}`])).join(',');
