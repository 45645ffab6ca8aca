import { readdirSync } from 'node:fs';
import { describeWithServers, type RunningServer } from '#testing';
import { worksWithFiles } from './file-work';
import { bearsOutages } from './outages';
import { ProtocolHub } from './protocol-hub';
import { FileServers, PASSWORD, USER } from './servers/file-servers';

describeWithServers(['proftpd'], 'the FTP protocol', () => {
  let hub: ProtocolHub;
  let files: FileServers;
  let servers: Record<'none' | 'explicit' | 'implicit', RunningServer>;

  beforeAll(async () => {
    files = new FileServers();
    const [started, none, explicit, implicit] = await Promise.all([
      ProtocolHub.start(),
      files.ftp(),
      files.ftps(),
      files.ftps('TLSOptions UseImplicitSSL'),
    ]);
    hub = started;
    servers = { none, explicit, implicit };
  });

  afterAll(async () => {
    await hub.stop();
    await files.stop();
  });

  type Security = keyof typeof servers;

  const config = (secure: Security, more: object = {}): object => ({
    host: '127.0.0.1',
    port: servers[secure].port,
    secure,
    ...(secure !== 'none' && { tls: { ca: files.certificate.cert } }),
    username: USER,
    password: PASSWORD,
    basePath: files.base,
    ...more,
  });

  it.each<Security>(['none', 'explicit'])('works with files, secured by %s', (secure) =>
    worksWithFiles(hub, files, (basePath) => config(secure, { basePath })),
  );

  it('transfers by implicit TLS', async () => {
    const id = await hub.add('ftp', config('implicit', { basePath: files.newFolder() }));
    expect(await hub.call(id, 'ftp.upload', { path: 'a', content: 'b' })).toMatchObject({ success: true });
    expect(await hub.call(id, 'ftp.download', { path: 'a' })).toMatchObject({ data: { content: 'b' } });
  });

  it.each<Security>(['none', 'explicit'])('tells why a transfer was refused, secured by %s', async (secure) => {
    const id = await hub.add('ftp', config(secure));
    const upload = { path: 'no/such/folder', content: 'x', atomic: false, createFolders: false };
    expect(await hub.call(id, 'ftp.upload', upload)).toMatchObject({
      success: false,
      error: { message: expect.stringMatching(/: 55\d .*no such file/i), retryable: false },
    });
  });

  it('works for many at the same time', async () => {
    const folder = files.newFolder();
    const id = await hub.add('ftp', config('none', { basePath: folder }));
    const upload = await hub.addFunction(id, 'ftp.upload', { path: 'f((n))', content: '((n))' }, [
      { name: 'n', type: 'number' },
    ]);
    const done = await Promise.all(Array.from({ length: 12 }, (_, n) => hub.execute(id, upload, { n })));
    expect(done.every(({ success }) => success)).toBe(true);
    expect(readdirSync(folder)).toHaveLength(12);
  });

  it.each(['../x', 'a/../../x', '/../etc/passwd', 'a\\..\\x', '%2e%2e/x', 'a\r\nDELE b', 'a//b', '/'])(
    'refuses the path %j',
    async (path) => {
      const id = await hub.add('ftp', config('none'));
      await expect(hub.call(id, 'ftp.download', { path: '((path))' }, { path })).rejects.toThrow(
        /answered 400:.*path must (not|name)/,
      );
    },
  );

  it.each<[string, Security, object, RegExp]>([
    ['a wrong password', 'none', { password: 'wrong-5678' }, /: the user name or password is wrong$/],
    ['a wrong password', 'explicit', { password: 'wrong-5678' }, /: the user name or password is wrong$/],
    ['a certificate that nobody vouches for', 'explicit', { tls: {} }, /: TLS failed: self-signed certificate/],
    ['a certificate that nobody vouches for', 'implicit', { tls: {} }, /: TLS failed: self-signed certificate/],
    ['a server without TLS', 'none', { secure: 'explicit' }, /: 5\d\d .*AUTH/],
    ['a folder that is not there', 'none', { basePath: '/no-such-folder' }, /: 550 /],
  ])('tells of %s, secured by %s', async (_, secure, wrong, message) => {
    const answer = await hub.test(await hub.add('ftp', config(secure, wrong)));
    expect(answer).toMatchObject({ success: false, message: expect.stringMatching(message) });
    expect(answer.message).not.toContain('wrong-5678');
  });

  it('is an error with a wrong password, until it is given the right one', async () => {
    const id = await hub.add('ftp', config('none', { password: 'wrong-5678' }));
    await hub.until(id, 'error');
    expect((await hub.status(id)).reason).not.toContain('wrong-5678');
    await hub.api.patch(`/connections/${id}`, { config: config('none') });
    await hub.until(id, 'connected');
  });

  it('fetches nothing from where the server points to', async () => {
    const server = await files.ftp('MasqueradeAddress 10.11.12.13', '<Limit EPSV>', 'DenyAll', '</Limit>');
    const id = await hub.add('ftp', config('none', { port: server.port }));
    expect(await hub.call(id, 'ftp.list', {})).toMatchObject({
      success: false,
      error: { message: expect.stringMatching(/: the server wants its files fetched from another host, which is not/) },
    });
  });

  it.each(['ftp', 'sftp'])('reaches no address by %s that it may not', async (protocol) => {
    const id = await hub.add('ftp', { host: '169.254.169.254', protocol, username: 'x', password: 'y' });
    expect(await hub.test(id)).toMatchObject({ success: false, message: expect.stringContaining('cloud metadata') });
  });

  it.each([
    [{ username: 'a\r\nDELE b' }, 'username must not have control characters'],
    [{ basePath: '/a/../b' }, 'basePath must not have . or .. as a segment'],
    [{ protocol: 'sftp', username: 'a', secure: 'explicit' }, 'secure is not for protocol sftp'],
    [{ protocol: 'sftp' }, 'username is required for protocol sftp'],
    [{ privateKey: 'x' }, 'privateKey is not for protocol ftp'],
  ])('refuses the config %j', async (wrong, message) => {
    await expect(hub.add('ftp', wrong)).rejects.toThrow(message);
  });

  it.each<[Security, RegExp]>([
    ['none', /: the answer is not FTP$/],
    ['implicit', /: TLS failed/],
  ])('bears a server that is silent, babbles, goes away and comes back, secured by %s', (secure, garbage) =>
    bearsOutages({
      hub,
      protocol: 'ftp',
      serverPort: servers[secure].port,
      config: (port) => config(secure, { port }),
      call: (id) => hub.call(id, 'ftp.list', {}),
      garbage,
    }),
  );
});
