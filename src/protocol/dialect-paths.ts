import type { RowId } from './dialect.ts';
import type { PathDialectPlan } from './dialect-plan.ts';

const everywhere = (question: string): Readonly<Record<RowId, string>> => ({
  health: '/health',
  initial: question,
  'follow-up': question,
  automatic: question,
});

/** Where servers of each kind take their requests. A row that the dialect does not have keeps a path that nobody uses. */
export const defaultPaths: Readonly<Record<PathDialectPlan['name'], Readonly<Record<RowId, string>>>> = {
  guide: everywhere('/mcp/v1/sequential-questioning'),
  docs: everywhere('/mcp/sequential-questioning'),
  upstream: {
    health: '/health',
    initial: '/mcp-internal/question',
    'follow-up': '/mcp-internal/question/follow-up',
    automatic: '/mcp-internal/question/automatic',
  },
};
