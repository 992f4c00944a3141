import { counted, formatCount } from '../core/format.ts';
import type { RunFold } from '../record/fold.ts';

/** More kinds of trouble than these are told by their number; `exceptions.csv` has all. */
const shown = 3;

/** What went wrong with the user's hooks. It says nothing about the server, and changes no verdict. */
export function hookNotes({ hooks }: RunFold): readonly string[] {
  const { troubles } = hooks;
  const rest = troubles.length - shown;
  return [
    ...troubles
      .slice(0, shown)
      .map(
        ({ hook, message, count }) =>
          `The hook ${hook} ${message.replace(/\.$/, '')}${count === 1 ? '' : ` (${formatCount(count)} times)`}.`,
      ),
    ...(rest > 0 ? [`Hooks went wrong in ${counted(rest, 'more way')}: see exceptions.csv.`] : []),
  ];
}
