import { foldRecord } from '../record/fold.ts';
import { judge } from '../verdict/judge.ts';
import type { PlantedReport } from './planted-runs.ts';
import { climbing, guideMix } from './planted-traffic.ts';
import { mcpSessionRows, type Planted, plantRecord, plantSetUp } from './record-builder.ts';

/**
 * An MCP server with sessions and streams of events: one set-up is refused and tried again, two sessions are lost, and tools
 * and JSON-RPC report errors of their own with status 200.
 */
export function sessionsRun(): PlantedReport {
  const busy = ['http-5xx', 503, 'Service Unavailable: too many sessions'] as const;
  const gone = ['http-4xx', 404, '-32001 Session not found'] as const;
  const record = plantRecord({
    requests: guideMix(9.4)
      .filter(({ at }) => at > 0.4)
      .map((request, i): Planted => {
        const ended = request.at + request.ms / 1000;
        if (request.row === 0) return request;
        if (i === 70 || i === 90) return { ...request, ms: 6, failed: gone };
        if (request.row === 2 && i % 25 === 0)
          return { ...request, failed: ['tool-error', 200, 'Error executing tool: Status code: 500'] };
        if (i === 40) return { ...request, ms: 3, failed: ['rpc-error', 200, '-32602 Invalid request parameters'] };
        return { ...request, firstEvent: request.ms * (ended > 6 ? 0.9 : 0.4) };
      }),
    sessions: [
      ...plantSetUp(0.1, 21.5),
      ...plantSetUp(0.6, 4.25, busy),
      ...plantSetUp(1.1, 18.75),
      ...plantSetUp(1.4, 25),
      ...plantSetUp(1.6, 27.5),
      ...plantSetUp(2.7, 31),
      ...plantSetUp(8.6, 240),
      ...[0, 1, 2].map((i): Planted => ({ row: 3, at: 9.9 + i / 100, ms: 2.5 })),
      { row: 3, at: 9.95, ms: 4, failed: ['http-4xx', 400, 'Bad Request: No valid session ID provided'] },
    ],
    sessionsLost: (second) => (second === 2 || second === 8 ? 1 : 0),
    users: climbing,
    opened: 5,
    header: {
      sessionRows: mcpSessionRows,
      thresholds: [
        { text: 'p95<500ms', source: 'default' },
        { text: 'error_rate<10%', source: 'option' },
        { text: 'session.p50<1s', source: 'scenario' },
      ],
    },
  });
  return { record, verdict: judge(foldRecord(record)) };
}

/** Every attempt to set a session up is refused, so that nobody can ask. */
export function noSessionRun(): PlantedReport {
  const record = plantRecord({
    requests: [],
    sessions: Array.from({ length: 24 }, (_, i) =>
      plantSetUp(0.1 + i * 0.4, 3 + (i % 4) * 0.5, ['http-4xx', 401, 'Unauthorized: bearer token is missing']),
    ).flat(),
    users: climbing,
    header: { sessionRows: mcpSessionRows, thresholds: [{ text: 'error_rate<1%', source: 'default' }] },
  });
  return { record, verdict: judge(foldRecord(record)) };
}
