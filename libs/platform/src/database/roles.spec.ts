import { roleUrl } from './roles';

const KEY = '5e'.repeat(32);

describe('roleUrl', () => {
  it('is the address with name and password of the role, and nothing else changed', () => {
    const url = new URL(roleUrl('postgres://owner:word@db:5433/plant%201?sslmode=require', KEY, 'app'));
    expect([decodeURIComponent(url.username), url.host, url.pathname, url.search]).toEqual([
      'plant 1_app',
      'db:5433',
      '/plant%201',
      '?sslmode=require',
    ]);
    expect(url.password).toMatch(/^[0-9a-f]{64}$/);
    expect(url.href).not.toContain('word');
  });

  it('has another password for each role and key', () => {
    const passwords = [
      roleUrl('postgres://db/hub', KEY, 'app'),
      roleUrl('postgres://db/hub', KEY, 'system'),
      roleUrl('postgres://db/hub', '5f'.repeat(32), 'app'),
    ].map((url) => new URL(url).password);
    expect(new Set(passwords).size).toBe(3);
  });
});
