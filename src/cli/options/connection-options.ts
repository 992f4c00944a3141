import { type Connections, defaultConnectionPolicy, type KeepAlive } from '../../io/connection-policy.ts';
import { parseConnections, parseKeepAlive, showConnections, showKeepAlive } from './connection-values.ts';
import { switchOption, valueOption } from './option-spec.ts';

/** Which connections a run has. */
export const connectionOptions = {
  connections: valueOption<Connections>({
    long: 'connections',
    placeholder: '<policy>',
    example: 'shared:20',
    group: 'Connections',
    help: 'per-user: each user has its own; shared:<n>: at most n for all, and who finds them busy waits.',
    read: parseConnections,
    show: showConnections,
    fallback: defaultConnectionPolicy.connections,
  }),
  keepAlive: valueOption<KeepAlive>({
    long: 'keep-alive',
    placeholder: '<policy>',
    example: '4s',
    group: 'Connections',
    help: 'keep: until the server closes it; <duration>: until idle for longer; off: one for each request.',
    read: parseKeepAlive,
    show: showKeepAlive,
    fallback: defaultConnectionPolicy.keepAlive,
  }),
  staleRetry: switchOption({
    long: 'no-stale-retry',
    group: 'Connections',
    help: 'Count a request that crosses the close of a used connection as failed; otherwise it is sent once more.',
  }),
  tlsResumption: switchOption({
    long: 'tls-resumption',
    group: 'Connections',
    help: 'Resume TLS sessions; otherwise every handshake is a full one.',
  }),
} as const;
