import { mkdirSync, readdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { userInfo } from 'node:os';
import { join } from 'node:path';
import { describeWithServers, type RunningServer } from '#testing';
import { worksWithFiles } from './file-work';
import { bearsOutages } from './outages';
import { ProtocolHub } from './protocol-hub';
import { FileServers, PASSWORD, USER } from './servers/file-servers';

describeWithServers(['proftpd', 'sshd'], 'the SFTP protocol', () => {
  let hub: ProtocolHub;
  let files: FileServers;
  let byPassword: RunningServer;
  let byKey: RunningServer;

  beforeAll(async () => {
    files = new FileServers();
    [hub, byPassword, byKey] = await Promise.all([ProtocolHub.start(), files.sftp(), files.ssh()]);
  });

  afterAll(async () => {
    await hub.stop();
    await files.stop();
  });

  const common = (server: RunningServer): object => ({
    host: '127.0.0.1',
    port: server.port,
    protocol: 'sftp',
    hostKeyFingerprint: files.fingerprint,
    basePath: files.base,
  });
  const withPassword = (more: object = {}) => ({ ...common(byPassword), username: USER, password: PASSWORD, ...more });
  const withKey = (more: object = {}) => ({
    ...common(byKey),
    username: userInfo().username,
    privateKey: files.clientKey,
    ...more,
  });

  it('works with files, let in by a password', () =>
    worksWithFiles(hub, files, (basePath) => withPassword({ basePath })));

  it('works with files, let in by a key', () => worksWithFiles(hub, files, (basePath) => withKey({ basePath })));

  it('keeps bytes as they are, and nothing that is too large', async () => {
    const folder = files.newFolder();
    const id = await hub.add('ftp', withKey({ basePath: folder, maxFileMb: 1 }));
    for (const content of ['/wAB', '']) {
      const upload = { path: 'b', content, format: 'base64', atomic: false };
      expect(await hub.call(id, 'ftp.upload', upload)).toMatchObject({ success: true });
      expect((await hub.call(id, 'ftp.download', { path: 'b', format: 'base64' })).data).toMatchObject({ content });
    }
    const refusal = { success: false, error: { message: 'The content is larger than 1 MiB', retryable: false } };
    writeFileSync(join(folder, 'large'), Buffer.alloc(3_000_000));
    expect(await hub.call(id, 'ftp.download', { path: 'large' })).toMatchObject(refusal);
    const large = { path: 'c', content: '((c))((c))' };
    expect(await hub.call(id, 'ftp.upload', large, { c: 'x'.repeat(600_000) })).toMatchObject(refusal);
  });

  it('leaves nothing behind where a file cannot take its place', async () => {
    const folder = files.newFolder();
    const id = await hub.add('ftp', withKey({ basePath: folder }));
    mkdirSync(join(folder, 'taken'));
    writeFileSync(join(folder, 'taken', 'inside'), '');
    expect(await hub.call(id, 'ftp.upload', { path: 'taken', content: 'x' })).toMatchObject({ success: false });
    expect(readdirSync(folder)).toEqual(['taken']);
  });

  it('lists many, and tells of links', async () => {
    const folder = files.newFolder();
    for (let index = 0; index < 300; index++) writeFileSync(join(folder, `f${index}`), '');
    symlinkSync('f1', join(folder, 'link'));
    const id = await hub.add('ftp', withKey({ basePath: folder }));
    const { entries, truncated } = (await hub.call(id, 'ftp.list', {})).data;
    expect([entries.length, truncated]).toEqual([301, false]);
    expect(entries.find(({ name }: { name: string }) => name === 'link').type).toBe('link');
    expect((await hub.call(id, 'ftp.list', { limit: 200 })).data).toMatchObject({ truncated: true });
  });

  it.each<[string, () => object, RegExp]>([
    ['a password', () => withPassword({ password: 'wrong-5678' }), /: the user name or password is wrong, or the key/],
    ['a key', () => withKey({ privateKey: files.otherKey }), /: the user name or password is wrong, or the key is$/],
    ['what is no key', () => withKey({ privateKey: 'no key' }), /: privateKey cannot be read, or not with this pass/],
    [
      'a fingerprint',
      () => withKey({ hostKeyFingerprint: `SHA256:${'A'.repeat(43)}` }),
      /another key .*: its is SHA256:[\w+/]{43}$/,
    ],
    ['a folder', () => withKey({ basePath: '/no-such-folder' }), /: there is no such file or folder$/],
  ])('tells that %s is wrong', async (_, config, message) => {
    const answer = await hub.test(await hub.add('ftp', config()));
    expect(answer).toMatchObject({ success: false, message: expect.stringMatching(message) });
    expect(answer.message).not.toContain('wrong-5678');
  });

  it('is an error with a wrong key, until it is given the right one', async () => {
    const id = await hub.add('ftp', withKey({ privateKey: files.otherKey }));
    await hub.until(id, 'error');
    await hub.api.patch(`/connections/${id}`, { config: withKey() });
    await hub.until(id, 'connected');
  });

  it('bears a server that is silent, babbles, goes away and comes back', () =>
    bearsOutages({
      hub,
      protocol: 'ftp',
      serverPort: byKey.port,
      config: (port) => withKey({ port }),
      call: (id) => hub.call(id, 'ftp.list', {}),
      garbage: /: SSH failed/,
    }));
});
