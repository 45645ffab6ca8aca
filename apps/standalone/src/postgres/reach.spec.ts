import type { Stats } from 'node:fs';
import { findAccount } from './account';
import { reaches } from './reach';

const account = { name: 'nobody', uid: 65534, gid: 65534 };

describe('reaches', () => {
  const at = (modes: Record<string, Partial<Stats>>) => (path: string) =>
    ({ uid: 0, gid: 0, mode: 0o755, ...modes[path] }) as Stats;

  it.each([
    ['every directory above lets others through', {}, true],
    ['a home above is closed', { '/home/a': { mode: 0o700 } }, false],
    ['a home above lets others pass but not look', { '/home/a': { mode: 0o711 } }, true],
    ['a directory lets its group alone through', { '/home/a': { mode: 0o750 } }, false],
    ['that group is its own', { '/home/a': { mode: 0o710, gid: 65534 } }, true],
    ['it owns a directory that is open to all but its owner', { '/home/a': { mode: 0o077, uid: 65534 } }, false],
  ])('when %s', (_case, modes, expected) => {
    expect(reaches(account, '/home/a/clone', at(modes))).toBe(expected);
  });
});

describe('findAccount', () => {
  const passwd = 'root:x:0:0:root:/root:/bin/sh\nnobody:x:65534:65533:nobody:/:/sbin/nologin\n';

  it('reads user and group from a passwd file', () => {
    expect(findAccount(passwd, 'nobody')).toEqual({ name: 'nobody', uid: 65534, gid: 65533 });
    expect(findAccount(passwd, 'maestrohub')).toBeUndefined();
  });

  it('never answers root', () => {
    expect(findAccount(passwd, 'root')).toBeUndefined();
  });
});
