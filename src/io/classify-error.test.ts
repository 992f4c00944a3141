import { describe, expect, test } from 'vitest';
import { classifyError, isConnectionLoss, WireFault } from './classify-error.ts';

const coded = (code: string, message = `connect ${code}`): Error => Object.assign(new Error(message), { code });

describe('classifyError()', () => {
  test.each([
    ['ENOTFOUND', 'dns'],
    ['EAI_AGAIN', 'dns'],
    ['ECONNREFUSED', 'refused'],
    ['EHOSTUNREACH', 'refused'],
    ['ECONNRESET', 'reset'],
    ['EPIPE', 'reset'],
    ['CERT_HAS_EXPIRED', 'tls'],
    ['DEPTH_ZERO_SELF_SIGNED_CERT', 'tls'],
    ['ERR_TLS_CERT_ALTNAME_INVALID', 'tls'],
    ['ERR_SSL_WRONG_VERSION_NUMBER', 'tls'],
    ['EPROTO', 'tls'],
    ['ETIMEDOUT', 'timeout'],
    ['EMFILE', 'generator-error'],
    ['EADDRNOTAVAIL', 'generator-error'],
    ['SOMETHING_NEW', 'protocol-error'],
  ])('takes %s for %s, and keeps the message', (code, kind) => {
    expect(classifyError(coded(code), 'connecting')).toEqual({ kind, detail: expect.stringContaining(code) });
  });

  test('looks into the errors of a dual-stack connect, and says each message once', () => {
    const one = coded('ECONNREFUSED', 'connect ECONNREFUSED ::1:80');
    const other = coded('ECONNREFUSED', 'connect ECONNREFUSED 127.0.0.1:80');
    expect(classifyError(new AggregateError([one, other, other]), 'connecting')).toEqual({
      kind: 'refused',
      detail: 'connect ECONNREFUSED ::1:80; connect ECONNREFUSED 127.0.0.1:80',
    });
  });

  test.each([
    ['connecting', /while it was being opened/],
    ['waiting', /before the answer began/],
    ['reading', /in the middle of the answer/],
  ] as const)('says where a connection was lost: %s', (stage, words) => {
    const lost = classifyError(new WireFault('closed', 'the other side closed it'), stage);
    expect(lost).toEqual({ kind: 'reset', detail: expect.stringMatching(words) });
  });

  test.each([
    ['invalid', 'protocol-error', 'no status line'],
    ['unsendable', 'generator-error', 'this machine could not send the request: no status line'],
  ] as const)('knows our own faults: %s', (fault, kind, detail) => {
    expect(classifyError(new WireFault(fault, 'no status line'), 'waiting')).toEqual({ kind, detail });
  });

  test('gives words for what is no error and for errors without any', () => {
    expect(classifyError('thrown text', 'waiting')).toEqual({ kind: 'protocol-error', detail: 'thrown text' });
    expect(classifyError(coded('EPERM', ''), 'connecting')).toEqual({ kind: 'refused', detail: 'EPERM' });
    expect(classifyError(new AggregateError([]), 'connecting').detail).toBe('AggregateError');
  });
});

describe('isConnectionLoss()', () => {
  test('tells a close and a reset from the other ends', () => {
    expect(isConnectionLoss(new WireFault('closed', 'closed'))).toBe(true);
    expect(isConnectionLoss(coded('ECONNRESET'))).toBe(true);
    expect(isConnectionLoss(new WireFault('invalid', 'no status line'))).toBe(false);
    expect(isConnectionLoss(coded('ECONNREFUSED'))).toBe(false);
  });
});
