import type { Dialect } from './dialect.ts';
import type { DialectPlan } from './dialect-plan.ts';
import { mcpDialect } from './mcp-dialect.ts';
import { pathDialect } from './path-dialect.ts';
import { restDialect } from './rest-dialect.ts';

/** The dialect that a plan describes. */
export function createDialect(plan: DialectPlan): Dialect {
  switch (plan.name) {
    case 'guide':
    case 'docs':
    case 'upstream':
      return pathDialect(plan);
    case 'rest':
      return restDialect(plan);
    case 'mcp':
    case 'mcp-sse':
    case 'mcp-tool':
      return mcpDialect(plan);
  }
}
