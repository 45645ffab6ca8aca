import { badStatus, failureOf } from './opcua-failure';

const told = (error: unknown) => {
  const { message, retryable } = failureOf(error, 'plc:4840');
  return [message, retryable];
};

describe('failures of OPC UA', () => {
  it('are statuses in words', () => {
    expect(badStatus('BadNodeIdUnknown', 'plc:4840')).toMatchObject({
      message: 'plc:4840: there is no such node (BadNodeIdUnknown)',
      retryable: false,
      details: { status: 'BadNodeIdUnknown' },
    });
    expect(badStatus('BadTooManySessions', 'plc:4840')).toMatchObject({ retryable: true });
  });

  it.each([
    [
      new Error('cannot do it BadUserAccessDenied (0x801f0000)'),
      'the user or the password is not accepted (BadUserAccessDenied)',
      false,
    ],
    [new Error('Err = (connect ECONNREFUSED 127.0.0.1:1)'), 'the connection was refused', true],
    [
      Object.assign(new Error('x'), { code: 'ECONNRESET' }),
      'the connection was closed before the answer was complete',
      true,
    ],
    [new Error('something\nlong'), 'something', true],
  ])('%p is told', (error, message, retryable) => {
    expect(told(error)).toEqual([`plc:4840: ${message}`, retryable]);
  });
});
