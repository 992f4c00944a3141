import { type Millis, millis } from '../core/units.ts';
import { toolNames, type UpstreamEndpoint } from './upstream-requests.ts';

interface Count {
  requests: number;
  errors: number;
  time: Millis;
}

/**
 * What the upstream server counts of its three endpoints, the calls of its tools included: neither health checks nor what is
 * refused, no percentiles, all lost at a restart.
 */
export class UpstreamMetrics {
  #began: Millis;
  #endpoints = new Map<UpstreamEndpoint, Count>();

  constructor(began: Millis) {
    this.#began = began;
  }

  /** `time`: how long the server worked on it. */
  add(endpoint: UpstreamEndpoint, time: Millis, failed: boolean): void {
    const count = this.#endpoints.get(endpoint) ?? { requests: 0, errors: 0, time: millis(0) };
    count.requests += 1;
    count.errors += failed ? 1 : 0;
    count.time = millis(count.time + time);
    this.#endpoints.set(endpoint, count);
  }

  reset(now: Millis): void {
    this.#endpoints = new Map();
    this.#began = now;
  }

  /** Body of `GET /mcp-internal/monitoring/metrics`. */
  body(now: Millis): object {
    const all: Count = { requests: 0, errors: 0, time: millis(0) };
    for (const { requests, errors, time } of this.#endpoints.values()) {
      all.requests += requests;
      all.errors += errors;
      all.time = millis(all.time + time);
    }
    return {
      uptime_seconds: (now - this.#began) / 1000,
      total_requests: all.requests,
      total_errors: all.errors,
      ...rates(all),
      endpoints: Object.fromEntries(
        [...this.#endpoints].map(([endpoint, count]) => [
          toolNames[endpoint],
          { requests: count.requests, errors: count.errors, ...rates(count) },
        ]),
      ),
    };
  }
}

const rates = ({ requests, errors, time }: Count) => ({
  error_rate: requests === 0 ? 0 : errors / requests,
  avg_response_time_ms: requests === 0 ? 0 : time / requests,
});
