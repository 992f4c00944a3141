import type { Finding } from '../finding.ts';
import type { LoadView } from './load-view.ts';

/** Looks for one cause of trouble; null: it does not show. Each is wrong about a healthy server in at most 3 of 1 000 runs. */
export type Rule = (view: LoadView) => Finding | null;

/** A claim of a rule. */
export const shown = (
  id: string,
  claim: Pick<Finding, 'sentence' | 'cause' | 'remedy' | 'numbers' | 'seconds'>,
): Finding => ({ id, kind: 'diagnosis', outcome: 'shown', ...claim });

/** What a row is called in a sentence. */
export const rowName = ({ series }: LoadView, row: number): string => series.header.rows[row]?.name ?? `row ${row}`;
