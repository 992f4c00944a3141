import type { McpDialectPlan, McpVersion } from './dialect-plan.ts';
import { type RpcText, rpcText } from './json-rpc.ts';

/** What is asked of an MCP server: a question by one of its tools, whether it is there, or which tools it has. */
export type Asked = 'initial' | 'follow-up' | 'automatic' | 'ping' | 'tools';

export interface McpRequest {
  readonly method: string;
  /** null: it is no call of a tool. */
  readonly tool: string | null;
  readonly text: RpcText;
}

export type McpRequests = Readonly<Record<Asked, McpRequest>>;

/** As sqload introduces itself; the version is that of package.json. */
export const clientInfo = { name: 'sqload', version: '0.1.0' } as const;

/** Of a session: who speaks was said at its begin. */
export function sessionRequests({ tools }: Pick<McpDialectPlan, 'tools'>): McpRequests {
  const call = (tool: string): McpRequest => toolCall(tool, '}');
  return {
    initial: call(tools.initial),
    'follow-up': call(tools['follow-up']),
    automatic: call(tools.automatic),
    ping: { method: 'ping', tool: null, text: rpcText('ping') },
    tools: { method: 'tools/list', tool: null, text: rpcText('tools/list') },
  };
}

/** Without sessions, where every request says who speaks, and how (`_meta`). */
export function statelessRequests({ tools, version }: Pick<McpDialectPlan, 'tools' | 'version'>): McpRequests {
  const meta = `"_meta":${JSON.stringify({
    'io.modelcontextprotocol/protocolVersion': version,
    'io.modelcontextprotocol/clientInfo': clientInfo,
    'io.modelcontextprotocol/clientCapabilities': {},
  })}}`;
  const call = (tool: string): McpRequest => toolCall(tool, `,${meta}`);
  const ask = (method: string): McpRequest => ({
    method,
    tool: null,
    text: rpcText(method, { before: `{${meta}`, after: '' }),
  });
  return {
    initial: call(tools.initial),
    'follow-up': call(tools['follow-up']),
    automatic: call(tools.automatic),
    ping: ask('server/discover'),
    tools: ask('tools/list'),
  };
}

const toolCall = (tool: string, after: string): McpRequest => ({
  method: 'tools/call',
  tool,
  text: rpcText('tools/call', { before: `{"name":${JSON.stringify(tool)},"arguments":`, after }),
});

/** Opens a session by offering a revision. */
export const initializeText = (version: McpVersion): RpcText =>
  rpcText('initialize', {
    before: JSON.stringify({ protocolVersion: version, capabilities: {}, clientInfo }),
    after: '',
  });
