import type { Usage } from '../../monitor/usage.ts';
import type { RecordMonitor } from '../../record/monitor.ts';
import type { MonitorTls } from './https-answer.ts';
import type { AskedLimits } from './limits.ts';

/** What a source is read with. */
export interface SamplerOptions {
  readonly limits: AskedLimits;
  readonly tls: MonitorTls;
}

/** Reads one source again and again. */
export interface Sampler {
  /** As the record tells of it. */
  readonly monitor: Omit<RecordMonitor, 'slice'>;
  /**
   * What the server used since the last reading; of CPU the first says nothing yet. Takes less than a second.
   * @throws Error, in words without secrets, when it cannot be read.
   */
  read(): Promise<Usage>;
}
