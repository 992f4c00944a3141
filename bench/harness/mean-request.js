import { seededRandom } from '../../dist/core/random.js';
import { defaultCorpus } from '../../dist/protocol/default-corpus.js';
import { Flow } from '../../dist/protocol/flow.js';
import { guidePaths, pathDialect } from '../../dist/protocol/path-dialect.js';

const steps = 20_000;
const reply = {
  ok: true,
  conversationId: '00000000-0000-4000-8000-000000000000',
  sessionId: '00000000-0000-4000-8000-000000000001',
  question: 'What would you like to know about it, and what have you tried so far?',
  done: false,
};

/**
 * What sqload sends to the fixed server on average, found by playing its flow: mean bytes of a POST body and the share of
 * GETs. The other contenders send bodies of this size and GETs in this proportion.
 */
export function meanRequest() {
  const mix = { health: 1, initial: 3, 'follow-up': 5, automatic: 0 };
  const flow = new Flow({ mix, history: 'growing', corpus: defaultCorpus }, seededRandom('bench'));
  const dialect = pathDialect({ name: 'guide', basePath: '', paths: guidePaths, headers: [] }).session();
  let bytes = 0;
  let posts = 0;
  for (let i = 0; i < steps; i++) {
    const step = flow.next();
    const { body } = dialect.build(step);
    if (body !== null) {
      posts += 1;
      bytes += body.length;
    }
    flow.settle(step, reply);
  }
  return { bytes: Math.round(bytes / posts), getShare: 1 - posts / steps };
}
