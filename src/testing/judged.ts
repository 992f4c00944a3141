import type { Finding } from '../analysis/finding.ts';
import { foldRecord } from '../record/fold.ts';
import type { JudgedRun } from '../report/judged-run.ts';
import type { PlantedReport } from './planted-runs.ts';

/** A planted report as reports take it; without findings unless some are planted. */
export const judged = ({ record, verdict }: PlantedReport, findings: readonly Finding[] = []): JudgedRun => ({
  record,
  fold: foldRecord(record),
  verdict,
  findings,
});
