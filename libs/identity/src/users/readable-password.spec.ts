import { readablePassword } from './readable-password';

it('readablePassword gives five groups of five, never the same', () => {
  const passwords = new Set(Array.from({ length: 50 }, readablePassword));
  expect(passwords.size).toBe(50);
  for (const password of passwords) expect(password).toMatch(/^([a-hjkmnp-z2-9]{5}-){4}[a-hjkmnp-z2-9]{5}$/);
});
