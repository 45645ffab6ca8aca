import { SecretMasking } from './secret-masking';

const masking = new SecretMasking(['s3cret/with "quotes"', 's3cret', 'abc', { key: ['nested-secret'] }, null]);

it.each([
  ['s3cret and nested-secret', '******** and ********'],
  ['?key=s3cret%2Fwith%20%22quotes%22&x', '?key=********&x'],
  ['key=s3cret%2Fwith+%22quotes%22', 'key=********'],
  ['{"key": "s3cret/with \\"quotes\\""}', '{"key": "********"}'],
  ['abc is too short to be told from words', 'abc is too short to be told from words'],
])('%s', (text, masked) => {
  expect(masking.text(text)).toBe(masked);
});

it('masks values at every depth, and keys', () => {
  expect(masking.value({ a: ['x s3cret', 5, null], s3cret: true })).toEqual({
    a: ['x ********', 5, null],
    '********': true,
  });
});
