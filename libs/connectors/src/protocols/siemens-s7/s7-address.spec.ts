import { ADDRESS, parseAddress } from './s7-address';

describe('addresses of S7', () => {
  it.each([
    ['DB1.DBX0.3', { area: 0x84, db: 1, start: 0, bit: 3, width: 'X' }],
    ['DB20.DBD4', { area: 0x84, db: 20, start: 4, width: 'D' }],
    ['DB20.W6', { area: 0x84, db: 20, start: 6, width: 'W' }],
    ['I0.7', { area: 0x81, db: 0, start: 0, bit: 7, width: 'X' }],
    ['EB2', { area: 0x81, db: 0, start: 2, width: 'B' }],
    ['AW4', { area: 0x82, db: 0, start: 4, width: 'W' }],
    ['MD8', { area: 0x83, db: 0, start: 8, width: 'D' }],
    ['T5', { area: 0x1d, db: 0, start: 5, width: undefined }],
    ['Z3', { area: 0x1c, db: 0, start: 3, width: undefined }],
  ])('%s is read', (text, address) => {
    expect(parseAddress(text)).toEqual(address);
    expect(text).toMatch(new RegExp(ADDRESS));
  });

  it.each(['DB1', 'DB1.DBX0', 'DB1.DBX0.8', 'DB1.DBW0.1', 'M0', 'T0.1', 'X1', 'db1.dbw0', ' MB0', 'DB1.DBQ4'])(
    '%s is none',
    (text) => {
      expect(parseAddress(text)).toBeUndefined();
      expect(text).not.toMatch(new RegExp(ADDRESS));
    },
  );

  it.each(['DB70000.DBB0', 'MB65536'])('%s is beyond all there can be', (text) => {
    expect(parseAddress(text)).toBeUndefined();
  });
});
