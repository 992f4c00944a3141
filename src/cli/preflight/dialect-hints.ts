import { excerpt } from '../../engine/excerpt.ts';
import type { Misfit } from '../../engine/preflight.ts';
import type { DialectPlan, McpDialectPlan, PathDialectPlan } from '../../protocol/dialect-plan.ts';

/** Where to look when the server knows no such path, or takes no such request there. */
export function addressHint(plan: DialectPlan, asked: Misfit['asked']): string {
  switch (plan.name) {
    case 'guide':
    case 'docs':
    case 'upstream':
      return 'Give the paths of your server: --path initial=/…,follow-up=/…,health=/…';
    case 'mcp':
    case 'mcp-sse':
    case 'mcp-tool':
      return asked === 'health' && plan.health.kind === 'get'
        ? mcpHealthHint
        : `Give the path of the MCP ${plan.transport === 'http+sse' ? 'stream' : 'endpoint'} with --mcp-path /…`;
    case 'rest':
      return `Correct the path of ${asked === 'health' ? 'rest.health' : 'rest.initial'} in the scenario file, or the base path of --host.`;
  }
}

/** What an answer must be like, when it came and is not. */
export function answerHint(plan: DialectPlan, asked: Misfit['asked']): string {
  if (asked === 'session')
    return 'This is a request of the set-up of a session: see whether --dialect, --mcp-version and --mcp-path fit to the server.';
  switch (plan.name) {
    case 'guide':
    case 'docs':
    case 'upstream':
      return asked === 'health' ? pathHealthHint : pathQuestionHint(plan);
    case 'mcp':
    case 'mcp-sse':
    case 'mcp-tool':
      return asked === 'health' ? mcpHealthHint : toolHint(plan);
    case 'rest':
      return asked === 'health'
        ? 'A health check must be answered with a status of 200 to 299. Correct rest.health in the scenario file, or leave it out.'
        : 'A question must be answered with a status of 200 to 299 and JSON in which every pointer of rest.reply leads to a text. Correct them in the scenario file.';
  }
}

/** Which tools there are, and how to name the right ones. */
export const toolNamesHint = (names: readonly string[]): string =>
  `It ${toolsThere(names)}: name one for each kind of question with --tool initial=…,follow-up=…,automatic=…`;

/** `has the tools echo, add and 3 more` */
export function toolsThere(names: readonly string[]): string {
  if (names.length === 0) return 'names no tools';
  // They are of the server: no more of them than people read.
  const shown = names.slice(0, 8).map((name) => excerpt(name, 40));
  const more = names.length > shown.length ? ` and ${names.length - shown.length} more` : '';
  return `has the ${names.length === 1 ? 'tool' : 'tools'} ${shown.join(', ')}${more}`;
}

const pathHealthHint =
  'A health check must be answered with status 200 and JSON. Give its path with --path health=/…, or leave it out: --mix initial=3,follow-up=5.';

const mcpHealthHint =
  'Give the path of the health check with --mcp-health /…, ask by the protocol with --mcp-health ping, or leave it out: --mix initial=3,follow-up=5.';

const pathQuestionHint = ({ name }: PathDialectPlan): string =>
  `A question must be answered with status 200 and JSON that holds ${name === 'guide' ? 'conversation_id and session_id' : 'conversation_id, session_id and a question'}. Check --host and --path.`;

const toolHint = ({ name, tools }: McpDialectPlan): string =>
  name === 'mcp-tool'
    ? `See whether the arguments of --tool-arguments are those of the tool ${tools.initial}, and whether the pointers of --tool-reply lead to a text in its answer.`
    : `The tool ${tools.initial} must answer with JSON that holds conversation_id, session_id and a question. Name the tools of your server with --tool initial=…,follow-up=…; any other tool is called with --dialect mcp-tool.`;
