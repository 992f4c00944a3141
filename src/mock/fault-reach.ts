import type { Exchange } from './exchange.ts';
import type { FaultKind } from './fault.ts';

type Row = Extract<Exchange, { readonly kind: 'row' }>;

/** Whether a fault could show in the answer to this request; the others spare it. */
export function canHit(fault: FaultKind, { asked, carrier }: Row): boolean {
  const isQuestion = asked.kind !== 'health';
  const isMcp = carrier.channel !== 'http';
  switch (fault) {
    case 'slow':
    case '500':
    case '429':
    case 'reset':
    case 'hang':
    case 'truncated':
      return true;
    case 'not-json':
      return isQuestion || carrier.channel !== 'http+sse';
    case 'missing-ids':
    case 'slow-500':
      return isQuestion;
    case 'done':
      return carrier.endpoint === 'initial' || carrier.endpoint === 'follow-up';
    case 'is-error':
      return isMcp && isQuestion;
    case 'rpc-error':
    case 'cut-events':
    case 'priming':
      return isMcp;
    case 'lost-session':
      return carrier.lose !== null;
    case 'crlf':
      return carrier.channel === 'streamable-http';
  }
}
