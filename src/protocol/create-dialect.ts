import type { Dialect } from './dialect.ts';
import type { DialectPlan } from './dialect-plan.ts';
import { guideDialect } from './guide-dialect.ts';

/** The dialect that a plan describes. */
export function createDialect(plan: DialectPlan): Dialect {
  switch (plan.name) {
    case 'guide':
      return guideDialect(plan);
    case 'docs':
    case 'upstream':
    case 'mcp':
    case 'mcp-sse':
    case 'mcp-tool':
    case 'rest':
      throw new RangeError(`the dialect ${plan.name} is not there yet`);
  }
}
