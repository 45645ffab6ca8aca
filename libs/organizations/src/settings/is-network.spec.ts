import { isNetwork } from './is-network';

describe('a network', () => {
  it.each(['10.4.0.0/16', '10.4.0.1', '0.0.0.0/0', 'fd00::/8', '::1', '::/128'])('is %s', (text) => {
    expect(isNetwork(text)).toBe(true);
  });

  it.each(['', '10.4.0.0/33', 'fd00::/129', '10.4/16', 'plc.example', '10.4.0.0/', '10.4.0.0/8/8', 'fe80::1%eth0', 7])(
    'is not %j',
    (value) => {
      expect(isNetwork(value)).toBe(false);
    },
  );
});
