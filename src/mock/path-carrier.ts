import type { ReplyCarrier } from './exchange.ts';
import { writeGuideAnswer } from './guide-requests.ts';
import { jsonReply } from './http-reply.ts';
import { upstreamAnswer } from './upstream-answer.ts';
import type { UpstreamEndpoint } from './upstream-requests.ts';

/** JSON in the contract of the guide and of the docs; and GET /health, which is the same in every dialect. */
export const guideCarrier: ReplyCarrier = { channel: 'http', endpoint: null, lose: null, reply: writeGuideAnswer };

/** JSON as the upstream writes it. */
const upstreamCarrier = (endpoint: UpstreamEndpoint): ReplyCarrier => ({
  channel: 'http',
  endpoint,
  lose: null,
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
