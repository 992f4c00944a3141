import { describe, expect, test } from 'vitest';
import { exitCodes, SqloadError } from '../core/errors.ts';
import { parseFault } from './fault.ts';
import { defaultLatency, parseLatency } from './latency-law.ts';
import { type MockOptions, settleMockOptions } from './mock-options.ts';

describe('settleMockOptions()', () => {
  test('fills in the defaults', () => {
    expect(settleMockOptions({})).toEqual({
      port: 0,
      dialect: 'all',
      replies: 'json',
      sessions: true,
      latency: defaultLatency,
      capacity: null,
      idleClose: 5000,
      faults: [],
      apiKey: null,
      seed: 'sqload',
    });
  });

  test('takes values as text and parsed alike', () => {
    const text = settleMockOptions({ latency: '80ms', faults: ['500:10%'] });
    expect(settleMockOptions({ latency: parseLatency('80ms'), faults: [parseFault('500:10%')] })).toEqual(text);
  });

  test('what it takes and gives can be sent to a thread', () => {
    const settings = settleMockOptions({ latency: '80ms', faults: ['500:10%@1s-'] });
    expect(structuredClone(settings)).toEqual(settings);
  });

  test.each<[MockOptions, string]>([
    [{ port: 70_000 }, "The reference server's port must be a whole number from 0 to 65535, got 70000."],
    [{ port: 1.5 }, 'port must be'],
    [{ capacity: 0 }, 'capacity must be a whole number of at least 1, got 0.'],
    [{ latency: 'fast' }, 'latency must be like p50=120ms,p95=350ms, or one duration like 80ms, got "fast".'],
    [{ idleClose: '5 parsecs' }, `idleClose must be a duration like "30s", "250ms" or "1h30m", got "5 parsecs".`],
    [{ faults: ['500', 'rest'] }, 'faults must begin with one of'],
    [{ dialect: 'mpc' as 'mcp' }, 'dialect must be one of all, guide, docs, upstream, mcp, mcp@2025-11-25'],
    [{ dialect: 'mpc' as 'mcp' }, 'did you mean mcp?, got "mpc"'],
    [{ replies: 'sse' as 'json' }, 'replies must be json or events, got "sse".'],
  ])('refuses %j', (options, message) => {
    const settle = () => settleMockOptions(options);
    expect(settle).toThrow(message);
    expect(settle).toThrow(expect.objectContaining({ exitCode: exitCodes.usage }));
    expect(settle).toThrow(SqloadError);
  });
});
