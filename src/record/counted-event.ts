/** What the server itself counted while it was loaded: its counter before and after the load. */
export interface CountedEvent {
  readonly kind: 'counted';
  /** Where it was read; nothing secret in it. */
  readonly source: string;
  /** `questions`: all requests but health checks. */
  readonly counts: 'questions' | 'requests';
  readonly before: number;
  readonly after: number;
}
