import { formatDuration } from '../../core/duration.ts';
import { type Millis, millis } from '../../core/units.ts';
import {
  type McpReplies,
  type MockDialect,
  mockDialects,
  parseMockDialect,
  parseReplies,
} from '../../mock/mock-dialect.ts';
import { switchOption, valueOption } from './option-spec.ts';
import { span, wholeNumber } from './quantity.ts';
import { apiKey, capacity, faults, latency } from './shared-options.ts';

/** What `sqload mock` understands. */
export const mockOptions = {
  port: valueOption<number>({
    long: 'port',
    placeholder: '<number>',
    example: '8000',
    group: 'Server',
    help: 'Port on 127.0.0.1; 0 takes a free one.',
    read: wholeNumber(0, 65_535),
    fallback: 8000,
  }),
  only: valueOption<MockDialect>({
    long: 'only',
    placeholder: '<name>',
    example: 'upstream',
    group: 'Server',
    help: `Speak this one dialect and answer 404 to the rest: ${mockDialects.slice(1).join(', ')}.`,
    read: parseMockDialect,
    fallback: 'all',
  }),
  replies: valueOption<McpReplies>({
    long: 'replies',
    placeholder: '<form>',
    example: 'events',
    group: 'Server',
    help: 'Reply to MCP over Streamable HTTP with json or with events, a stream that ends with the answer.',
    read: parseReplies,
    fallback: 'json',
  }),
  sessions: switchOption({
    long: 'no-sessions',
    group: 'Server',
    help: 'Open no session at the handshake of MCP.',
  }),
  latency: latency({ long: 'latency', group: 'Server' }),
  capacity: capacity({ long: 'capacity', group: 'Server' }),
  idleClose: valueOption<Millis>({
    long: 'idle-close',
    placeholder: '<duration>',
    example: '5s',
    group: 'Server',
    help: 'Close a connection that carried nothing for so long; 5s is what uvicorn and Node do, 0s is never.',
    read: span(0, '0s'),
    show: formatDuration,
    fallback: millis(5000),
  }),
  faults: faults({ long: 'fault', group: 'Server' }),
  apiKey: { ...apiKey, group: 'Server', help: 'Answer 401 to requests without "Authorization: Bearer <key>".' },
} as const;
