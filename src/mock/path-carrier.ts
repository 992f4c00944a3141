import type { ReplyCarrier } from './exchange.ts';
import type { FaultKind } from './fault.ts';
import { writeGuideAnswer } from './guide-requests.ts';
import { jsonReply } from './http-reply.ts';
import { upstreamAnswer } from './upstream-answer.ts';
import type { UpstreamEndpoint } from './upstream-requests.ts';

const anywhere: readonly FaultKind[] = ['slow', '500', '429', 'reset', 'hang', 'truncated', 'not-json'];
const inContents: readonly FaultKind[] = [...anywhere, 'missing-ids', 'slow-500'];

/** GET /health, in every dialect. */
export const healthCarrier: ReplyCarrier = {
  ...sessionless(anywhere),
  endpoint: null,
  reply: writeGuideAnswer,
};

/** JSON in the contract of the guide and of the docs. */
export const guideCarrier: ReplyCarrier = {
  ...sessionless(inContents),
  endpoint: null,
  reply: writeGuideAnswer,
};

/** JSON as the upstream writes it. */
const upstreamCarrier = (endpoint: UpstreamEndpoint): ReplyCarrier => ({
  ...sessionless(endpoint === 'automatic' ? inContents : [...inContents, 'done']),
  endpoint,
  reply(answer, fault) {
    if (answer.kind === 'health') throw new TypeError('no question was asked');
    const { status, json } = upstreamAnswer(answer, endpoint, fault);
    return jsonReply(status, json);
  },
});

export const upstreamCarriers: Readonly<Record<UpstreamEndpoint, ReplyCarrier>> = {
  initial: upstreamCarrier('initial'),
  'follow-up': upstreamCarrier('follow-up'),
  automatic: upstreamCarrier('automatic'),
};

function sessionless(faults: readonly FaultKind[]) {
  return {
    kind: 'reply' as const,
    suffers: (fault: FaultKind) => faults.includes(fault),
    lose: null,
  };
}
