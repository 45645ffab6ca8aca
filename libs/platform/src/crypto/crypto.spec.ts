import { Config } from '../config';
import { hashPassword, unusablePasswordHash, verifyPassword } from './passwords';
import { SecretBox } from './secret-box';
import { randomToken, tokenHash } from './tokens';

const configWith = (key: string): Config =>
  Config.from({ DATABASE_URL: 'postgres://hub@db/hub', HUB_SECRET_KEY: key.repeat(32) });

describe('SecretBox', () => {
  const box = new SecretBox(configWith('5e'));

  it.each(['', 'password', 'größe 😀', '\0', 'x'.repeat(100_000)])('opens what it sealed, case %#', (text) => {
    expect(box.open('test', box.seal('test', text))).toBe(text);
  });

  it('is the same for every process with the key', () => {
    expect(new SecretBox(configWith('5e')).open('test', box.seal('test', 'text'))).toBe('text');
  });

  it('never seals alike, and shows nothing', () => {
    const [one, other] = [box.seal('test', 'secret'), box.seal('test', 'secret')];
    expect(one.equals(other)).toBe(false);
    expect(one.includes('secret')).toBe(false);
  });

  it('refuses another purpose or another key', () => {
    const sealed = box.seal('test', 'text');
    expect(() => box.open('other', sealed)).toThrow();
    expect(() => new SecretBox(configWith('5f')).open('test', sealed)).toThrow();
  });

  it('refuses what was changed in any byte', () => {
    const sealed = box.seal('test', 'text');
    for (let index = 0; index < sealed.length; index++) {
      const changed = Buffer.from(sealed);
      changed[index]! ^= 1;
      expect(() => box.open('test', changed)).toThrow();
    }
  });

  it('refuses what was cut short or made longer', () => {
    const sealed = box.seal('test', '');
    for (let length = 0; length < sealed.length; length++) {
      expect(() => box.open('test', sealed.subarray(0, length))).toThrow();
    }
    expect(() => box.open('test', Buffer.concat([sealed, Buffer.of(0)]))).toThrow();
  });

  it('refuses a tag that was cut short with the rest gone', () => {
    // Of a value without text, version, nonce and four bytes of the tag: those four could be guessed.
    expect(() => box.open('test', box.seal('test', '').subarray(0, 1 + 12 + 4))).toThrow(/tag length/);
  });
});

describe('passwords', () => {
  it('are verified', async () => {
    const hash = await hashPassword('correct horse');
    expect(hash).toMatch(/^\$argon2id\$v=19\$m=65536,t=3,p=4\$[\w-]{22}\$[\w-]{43}$/);
    expect(await verifyPassword('correct horse', hash)).toBe(true);
    expect(await verifyPassword('correct hors', hash)).toBe(false);
    expect(await verifyPassword('', hash)).toBe(false);
  });

  it('match nothing where there is none, after the same work', async () => {
    const hash = unusablePasswordHash();
    expect(hash).toMatch(/^\$argon2id\$v=19\$m=65536,t=3,p=4\$[\w-]{22}\$[\w-]{43}$/);
    expect(await verifyPassword('', hash)).toBe(false);
  });

  it('are salted', async () => {
    const [one, other] = await Promise.all([hashPassword('same'), hashPassword('same')]);
    expect(one).not.toBe(other);
  });

  it.each(['', 'plain', '$2b$10$abc', '$argon2id$v=19$m=65536,t=3,p=4$abc$', '$argon2i$v=19$m=65536,t=3,p=4$abc$abc'])(
    'match no hash of another form: %j',
    async (hash) => {
      expect(await verifyPassword('', hash)).toBe(false);
    },
  );
});

describe('tokens', () => {
  it('are 43 digits of base62, each time others', () => {
    const tokens = Array.from({ length: 1_000 }, randomToken);
    expect(tokens.filter((token) => !/^[0-9A-Za-z]{43}$/.test(token))).toEqual([]);
    expect(new Set(tokens).size).toBe(1_000);
  });

  it('use every digit', () => {
    expect(new Set(Array.from({ length: 1_000 }, randomToken).join('')).size).toBe(62);
  });

  it('are kept as SHA-256', () => {
    expect(tokenHash('abc').toString('hex')).toBe('ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad');
  });
});
