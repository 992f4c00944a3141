import { describe, expect, test } from 'vitest';
import { seededRandom } from '../core/random.ts';
import { seconds } from '../core/units.ts';
import { defaultPaths } from '../protocol/dialect-paths.ts';
import type { DialectPlan, McpDialectPlan, PathDialectPlan } from '../protocol/dialect-plan.ts';
import type { WireRequest } from '../protocol/wire.ts';
import { McpPeer, sequentialTools } from '../testing/mcp-peer.ts';
import { notFound, type Peer, pathPeer, transportTo } from '../testing/peer.ts';
import { VirtualClock } from '../testing/virtual-clock.ts';
import { planFor, profileOf } from '../testing/virtual-run.ts';
import { answeredReply, brokenReply } from '../testing/wire-reply.ts';
import { preflight } from './preflight.ts';
import { recognise } from './recognise.ts';

const common = { basePath: '', headers: [] };
const byPath = (name: PathDialectPlan['name']): PathDialectPlan => ({ ...common, name, paths: defaultPaths[name] });
const [initial, followUp, automatic] = sequentialTools;
const stateless: McpDialectPlan = {
  ...common,
  name: 'mcp',
  transport: 'streamable-http',
  path: '/mcp',
  version: '2026-07-28',
  health: { kind: 'get', path: '/health' },
  tools: { initial, 'follow-up': followUp, automatic },
  custom: null,
};
const session: McpDialectPlan = { ...stateless, version: '2025-11-25' };
const sse: McpDialectPlan = { ...stateless, name: 'mcp-sse', transport: 'http+sse', version: '2024-11-05' };
const sseElsewhere: McpDialectPlan = { ...sse, path: '/sse' };
const candidates: readonly DialectPlan[] = [
  ...(['guide', 'docs', 'upstream'] as const).map(byPath),
  ...[stateless, session, sse, sseElsewhere],
];
const clock = new VirtualClock();
const among = (answer: Peer['answer'], plans = candidates) =>
  recognise(plans, { clock, transport: transportTo(answer, clock) }, seconds(60));
const served =
  (peer: Peer): Peer['answer'] =>
  (request) =>
    peer.answer(request);

describe('recognise()', () => {
  test.each<readonly [string, DialectPlan, Peer]>([
    ['guide', byPath('guide'), pathPeer(byPath('guide'))],
    ['docs', byPath('docs'), pathPeer(byPath('docs'))],
    ['upstream', byPath('upstream'), pathPeer(byPath('upstream'))],
    ['the stateless era of MCP', stateless, new McpPeer({ era: 'stateless' })],
    ['the session era of MCP', session, new McpPeer({ era: 'session' })],
    ['MCP with events', session, new McpPeer({ era: 'session', events: true })],
    ['HTTP+SSE', sse, new McpPeer({ era: 'stream' })],
    ['HTTP+SSE at its usual path', sseElsewhere, new McpPeer({ era: 'stream', path: '/sse' })],
  ])('finds %s among all candidates', async (_, plan, peer) => {
    const found = await among(served(peer));
    expect(found).toMatchObject({ plan, tools: null, refused: null });
    expect(found.requests).toBeLessThan(20);
  });

  test('takes the newest era of a server that speaks both', async () => {
    const [newer, older] = [new McpPeer({ era: 'stateless' }), new McpPeer({ era: 'session' })];
    const both: Peer['answer'] = (request) => (request.headers.includes('mcp-method') ? newer : older).answer(request);
    expect(await among(both, [stateless, session])).toMatchObject({ plan: stateless });
    expect(await among(both, [session, stateless])).toMatchObject({ plan: session });
  });

  test('leaves no session behind', async () => {
    const peer = new McpPeer({ era: 'session' });
    await among(served(peer), [session]);
    expect(peer.heard).toEqual(['initialize', 'notifications/initialized', 'tools/list', 'DELETE']);
  });

  test('an MCP server with other tools is none of the candidates; its tools are told', async () => {
    const tools = ['echo', initial];
    for (const [plan, era] of [
      [stateless, 'stateless'],
      [session, 'session'],
      [sse, 'stream'],
    ] as const)
      expect(await among(served(new McpPeer({ era, tools })))).toMatchObject({
        plan: null,
        tools: { plan, names: tools },
      });
    const echo = {
      ...session,
      name: 'mcp-tool' as const,
      tools: { initial: 'echo', 'follow-up': 'echo', automatic: 'echo' },
    };
    expect(await among(served(new McpPeer({ era: 'session', tools })), [echo])).toMatchObject({
      plan: echo,
      tools: null,
    });
  });

  test('a server of which nothing is known is none of them', async () => {
    expect(await among(notFound)).toMatchObject({ plan: null, tools: null, refused: null });
    const friendly = () => answeredReply('<html>Welcome</html>', { contentType: 'text/html' });
    expect(await among(friendly)).toMatchObject({ plan: null, tools: null, refused: null });
  });

  test.each([401, 403])('%i is no reason to try an older era', async (status) => {
    let asked = 0;
    const guarded: Peer['answer'] = (request) => {
      asked += 1;
      return request.headers.includes('mcp-method')
        ? answeredReply('', { status })
        : new McpPeer({ era: 'session' }).answer(request);
    };
    const found = await among(guarded, [stateless, session, sse]);
    expect(found).toMatchObject({ plan: null, refused: { kind: 'http-4xx', status }, requests: 1 });
    expect(asked).toBe(1);
  });

  test('says why nobody is let in, in the words of the server', async () => {
    const guarded = () => answeredReply('{"detail":"no key"}', { status: 401 });
    expect(await among(guarded)).toMatchObject({ refused: { kind: 'http-4xx', status: 401, detail: 'no key' } });
  });

  test('a server that answers nothing is not waited for in every dialect; one that is silent here and there is found', async () => {
    const silence = () => brokenReply('timeout', 'no answer');
    const silent = { kind: 'timeout', detail: 'no answer' };
    expect(await among(silence)).toMatchObject({ plan: null, tools: null, refused: null, broken: silent, requests: 3 });
    const peer = new McpPeer({ era: 'session' });
    const partly: Peer['answer'] = (request) => (request.path === '/mcp' ? peer.answer(request) : silence());
    const elsewhere = candidates.filter((plan) => plan.name !== 'upstream');
    expect(await among(partly, elsewhere)).toMatchObject({ plan: session });
  });

  test('a server that only fails is told by its first failure; one that knows no such path is none', async () => {
    const failing = answeredReply('oops', { status: 500, contentType: 'text/plain' });
    expect(await among(() => failing)).toMatchObject({ plan: null, broken: { kind: 'http-5xx', detail: 'oops' } });
    const talking = brokenReply('protocol-error', 'no HTTP');
    expect(await among(() => talking)).toMatchObject({ plan: null, broken: { kind: 'protocol-error' } });
    const lost = (request: WireRequest) => (request.path === '/mcp' ? failing : answeredReply('', { status: 404 }));
    expect(await among(lost)).toMatchObject({ plan: null, broken: null });
    const unable = answeredReply('', { status: 501 });
    expect(await among(() => unable)).toMatchObject({ plan: null, broken: null });
  });

  test('nothing else is tried where nobody answers', async () => {
    const found = await among(() => brokenReply('refused', 'nobody'));
    expect(found).toMatchObject({ plan: null, refused: { kind: 'refused' }, requests: 1 });
  });
});

describe('preflight()', () => {
  const run = planFor(profileOf('users: 1\nspawn_rate: 1/s\nrun_time: 10s\n'));
  const check = (dialect: McpDialectPlan, peer: Peer) =>
    preflight({ ...run, dialect }, { clock, random: seededRandom('x'), transport: transportTo(served(peer), clock) });

  test('sets a session up, asks, and ends it', async () => {
    const peer = new McpPeer({ era: 'session' });
    expect(await check(session, peer)).toEqual({ requests: 6, misfit: null });
    expect(peer.heard).toEqual(['initialize', 'notifications/initialized', 'tools/call', 'tools/list', 'DELETE']);
  });

  test('waits for nothing longer than the timeout of the run, 5 s for a session at most', async () => {
    for (const [timeout, limit] of [
      [2, 2],
      [60, 5],
    ] as const) {
      const deadlines: number[] = [];
      const silent = transportTo(() => brokenReply('timeout', ''), clock);
      const open = (): ReturnType<typeof silent.open> => {
        const connection = silent.open(0);
        const send: typeof connection.send = (request, deadline) => {
          deadlines.push(deadline - clock.now());
          return connection.send(request, deadline);
        };
        return { ...connection, send };
      };
      const world = { clock, random: seededRandom('x'), transport: { ...silent, open } };
      const { misfit } = await preflight({ ...run, dialect: session, timeout: seconds(timeout) }, world);
      expect(misfit).toMatchObject({ asked: 'session', limit: seconds(limit) });
      expect(deadlines).toEqual([seconds(limit)]);
    }
  });

  test('looks for the tool of later questions, where it is another one and the mix has them', async () => {
    const alone = () => new McpPeer({ era: 'session', tools: [initial] });
    expect(await check(session, alone())).toMatchObject({
      misfit: { asked: 'tools', failed: { kind: 'tool-error', detail: followUp }, tools: [initial] },
    });
    const one = { ...session, tools: { initial, 'follow-up': initial, automatic: initial } };
    expect(await check(one, alone())).toEqual({ requests: 5, misfit: null });
  });

  test('takes a server at its word that does not tell its tools, or not all of them', async () => {
    const silent = new McpPeer({ era: 'session', tools: [initial] });
    const listless: Peer = {
      says: silent.says,
      forget: () => {},
      answer: (request) =>
        request.body?.includes('tools/list') === true ? answeredReply('', { status: 404 }) : silent.answer(request),
    };
    expect(await check(session, listless)).toMatchObject({ misfit: null });
  });

  test.each(['stateless', 'session', 'stream'] as const)(
    'names the tools that there are in place of one that is not (%s)',
    async (era) => {
      const plan = { stateless, session, stream: sse }[era];
      expect(await check(plan, new McpPeer({ era, tools: ['echo', 'add'] }))).toMatchObject({
        misfit: { asked: 'question', failed: { kind: 'tool-error' }, tools: ['echo', 'add'] },
      });
    },
  );

  test('names none where the tool is there, or the fault is another', async () => {
    const broken = new McpPeer({ era: 'session', result: () => ({ isError: true, content: [] }) });
    expect(await check(session, broken)).toMatchObject({ misfit: { failed: { kind: 'tool-error' }, tools: null } });
    const refusing = pathPeer(byPath('guide'));
    expect(await check(session, refusing)).toMatchObject({ misfit: { asked: 'session', tools: null } });
  });
});
