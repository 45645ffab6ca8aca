import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { newId } from '#kernel';
import { startProcess, type ServerProcess } from '#testing';
import { rawServer, selfSigned } from '../connectors/outside-http';
import { bearsOutages } from './outages';
import { ProtocolHub } from './protocol-hub';
import { startTokenEndpoint, type TokenEndpoint } from './servers/entra-tokens';

const SERVER = require.resolve('azurite/dist/src/blob/main.js');
/** The server's own, by its documentation. */
const ACCOUNT = 'devstoreaccount1';
const KEY = 'Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw==';
const SECRET = 'entra-secret-1234';

const certificate = selfSigned('azurite');

const startServer = (...more: string[]): Promise<ServerProcess> =>
  startProcess({
    program: process.execPath,
    prepare: (directory, port) => {
      writeFileSync(join(directory, 'key.pem'), certificate.key);
      writeFileSync(join(directory, 'cert.pem'), certificate.cert);
      const options = [
        '--blobPort',
        String(port),
        '--location',
        directory,
        '--silent',
        '--disableTelemetry',
        '--skipApiVersionCheck',
      ];
      return [SERVER, ...options, ...more.map((option) => option.replace('DIRECTORY', directory))];
    },
  });

describe('the Azure Blob protocol', () => {
  let hub: ProtocolHub;
  let server: ServerProcess;
  let secure: ServerProcess;
  let tokens: TokenEndpoint;

  beforeAll(async () => {
    [hub, server, secure, tokens] = await Promise.all([
      ProtocolHub.start(),
      startServer(),
      startServer('--oauth', 'basic', '--key', 'DIRECTORY/key.pem', '--cert', 'DIRECTORY/cert.pem'),
      startTokenEndpoint(SECRET),
    ]);
    // Where two cores have more to do, the servers take a minute to start.
  }, 180_000);

  afterAll(() => Promise.all([hub.stop(), server.stop(), secure.stop(), tokens.stop()]));

  const byKey = (more: object = {}, port = server.port) => ({
    endpoint: `http://127.0.0.1:${port}/${ACCOUNT}`,
    auth: { type: 'sharedKey', accountName: ACCOUNT, accountKey: KEY },
    ...more,
  });

  const byToken = (more: object = {}) => ({
    endpoint: `https://127.0.0.1:${secure.port}/${ACCOUNT}`,
    auth: {
      type: 'oauth2',
      accountName: ACCOUNT,
      tenantId: 'plant.example.com',
      clientId: 'hub',
      clientSecret: SECRET,
      authority: tokens.url,
      ...more,
    },
    tls: { ca: certificate.cert },
  });

  /** A container of its own. */
  const containerOf = async (id: string): Promise<string> => {
    const container = `c-${newId()}`;
    const made = await hub.call(id, 'azureblob.createContainer', { container, metadata: { line: 'l7' } });
    expect(made).toMatchObject({ success: true, data: { container } });
    return container;
  };

  it('uploads, describes, downloads, lists and deletes blobs', async () => {
    const id = await hub.connect('azureblob', byKey());
    const container = await containerOf(id);
    const at = { container, blob: 'shifts/day 1/ä+(x)%.json' };
    const content = { good: 41, text: 'ä' };
    const upload = { container, blob: 'shifts/((day))', content: '((content))', metadata: { line: 'l-((line))' } };
    const values = { day: 'day 1/ä+(x)%.json', content, line: 7 };
    expect(await hub.call(id, 'azureblob.uploadBlob', upload, values)).toMatchObject({
      success: true,
      data: { ...at, size: 23, etag: expect.any(String) },
    });
    expect(await hub.call(id, 'azureblob.getBlobProperties', at)).toMatchObject({
      data: { size: 23, blobType: 'BlockBlob', contentType: 'application/json', metadata: { line: 'l-7' } },
    });
    expect(await hub.call(id, 'azureblob.downloadBlob', { ...at, format: 'json' })).toMatchObject({
      data: { content, format: 'json', lastModified: expect.stringMatching(/^\d{4}-.*Z$/) },
    });
    expect(await hub.call(id, 'azureblob.downloadBlob', at)).toMatchObject({
      data: { content: JSON.stringify(content), format: 'text' },
    });
    expect(await hub.call(id, 'azureblob.uploadBlob', { ...at, content: 'x', overwrite: false })).toMatchObject({
      success: false,
      error: { message: expect.stringContaining('there is such a blob already'), retryable: false },
    });
    expect((await hub.call(id, 'azureblob.listBlobs', { container })).data).toEqual({
      blobs: [expect.objectContaining({ blob: at.blob, size: 23, contentType: 'application/json' })],
      folders: [],
      cursor: null,
    });
    expect(await hub.call(id, 'azureblob.deleteBlob', at)).toMatchObject({ success: true });
    expect(await hub.call(id, 'azureblob.downloadBlob', at)).toMatchObject({
      success: false,
      error: { message: `127.0.0.1:${server.port}: there is no such blob (BlobNotFound)`, retryable: false },
    });
  });

  it('keeps bytes as they are, and appends', async () => {
    const id = await hub.add('azureblob', byKey());
    const container = await containerOf(id);
    const bytes = { container, blob: 'bytes', content: '/wAB', format: 'base64' };
    await hub.call(id, 'azureblob.uploadBlob', bytes);
    expect(await hub.call(id, 'azureblob.downloadBlob', { container, blob: 'bytes' })).toMatchObject({
      data: { content: '/wAB', format: 'base64', contentType: 'application/octet-stream' },
    });
    const log = { container, blob: 'log.csv' };
    for (const content of ['a,1\n', 'b,2\n']) await hub.call(id, 'azureblob.appendBlob', { ...log, content });
    expect(await hub.call(id, 'azureblob.downloadBlob', log)).toMatchObject({
      data: { content: 'a,1\nb,2\n', blobType: 'AppendBlob', size: 8 },
    });
    expect(await hub.call(id, 'azureblob.appendBlob', { ...bytes, content: 'AA==' })).toMatchObject({
      error: { message: expect.stringContaining('the blob is of another type') },
    });
  });

  it('lists by folders and in pages', async () => {
    const id = await hub.add('azureblob', byKey());
    const container = await containerOf(id);
    for (const blob of ['a', 'b', 'sub/c'])
      await hub.call(id, 'azureblob.uploadBlob', { container, blob, content: blob });
    const list = async (more: object) => (await hub.call(id, 'azureblob.listBlobs', { container, ...more })).data;
    const names = ({ blobs }: { blobs: { blob: string }[] }) => blobs.map(({ blob }) => blob);
    const first = await list({ limit: 2 });
    const second = await list({ limit: 2, cursor: first.cursor });
    expect([names(first), names(second), second.cursor]).toEqual([['a', 'b'], ['sub/c'], null]);
    const flat = await list({ recursive: false });
    expect([names(flat), flat.folders]).toEqual([['a', 'b'], ['sub/']]);
    expect(names(await list({ prefix: 'sub/' }))).toEqual(['sub/c']);
  });

  it('makes, describes, lists and deletes containers', async () => {
    const id = await hub.add('azureblob', byKey());
    const container = await containerOf(id);
    expect(await hub.call(id, 'azureblob.getContainerProperties', { container })).toMatchObject({
      data: { container, publicAccess: null, metadata: { line: 'l7' } },
    });
    const listed = await hub.call(id, 'azureblob.listContainers', { prefix: container });
    expect(listed.data).toMatchObject({ containers: [{ container }], cursor: null });
    expect(await hub.call(id, 'azureblob.createContainer', { container })).toMatchObject({
      error: { message: expect.stringContaining('there is such a container already'), retryable: false },
    });
    expect(await hub.call(id, 'azureblob.deleteContainer', { container })).toMatchObject({ success: true });
    expect(await hub.call(id, 'azureblob.listBlobs', { container })).toMatchObject({
      error: { message: expect.stringContaining('there is no such container') },
    });
  });

  it('takes nothing that is larger than it may be', async () => {
    const [small, large] = await Promise.all([
      hub.add('azureblob', byKey({ maxFileMb: 1 })),
      hub.add('azureblob', byKey()),
    ]);
    const at = { container: await containerOf(large), blob: 'big' };
    const upload = { ...at, content: '((content))((content))' };
    const content = 'x'.repeat(600_000);
    const refusal = { success: false, error: { message: 'The content is larger than 1 MiB', retryable: false } };
    expect(await hub.call(small, 'azureblob.uploadBlob', upload, { content })).toMatchObject(refusal);
    expect(await hub.call(large, 'azureblob.uploadBlob', upload, { content })).toMatchObject({ success: true });
    expect(await hub.call(small, 'azureblob.downloadBlob', at)).toMatchObject(refusal);
    expect(await hub.call(small, 'azureblob.getBlobProperties', at)).toMatchObject({ data: { size: 1_200_000 } });
  });

  it.each(['../x', 'a/../../other/x', 'a\\..\\x', '%2e%2e/x', 'a//b'])('refuses the name %j', async (blob) => {
    const id = await hub.add('azureblob', byKey());
    const config = { container: 'reports', blob: '((blob))' };
    await expect(hub.call(id, 'azureblob.downloadBlob', config, { blob })).rejects.toThrow(
      /answered 400:.*blob must not/,
    );
  });

  it.each(['../other', 'A', 'a--b', 'ab', 'x/y'])('refuses the container %j', async (container) => {
    const id = await hub.add('azureblob', byKey());
    const config = { container: '((container))' };
    await expect(hub.call(id, 'azureblob.deleteContainer', config, { container })).rejects.toThrow(/answered 400/);
  });

  it('is let in by a connection string', async () => {
    const connectionString = `DefaultEndpointsProtocol=http;AccountName=${ACCOUNT};AccountKey=${KEY};BlobEndpoint=http://127.0.0.1:${server.port}/${ACCOUNT};`;
    const id = await hub.connect('azureblob', { auth: { type: 'connectionString', connectionString } });
    await containerOf(id);
  });

  it('is let in by a token, which is asked for once', async () => {
    const id = await hub.connect('azureblob', byToken());
    const before = tokens.asked.length;
    await containerOf(id);
    await containerOf(id);
    expect(tokens.asked.length - before).toBeLessThanOrEqual(1);
    expect(tokens.asked.at(-1)).toEqual({
      path: '/plant.example.com/oauth2/v2.0/token',
      form: {
        grant_type: 'client_credentials',
        client_id: 'hub',
        client_secret: SECRET,
        scope: 'https://storage.azure.com/.default',
      },
    });
  });

  it('tells what is wrong with credentials, and never a secret', async () => {
    const wrong = Buffer.from('a wrong key').toString('base64');
    const failing = async (config: object) => hub.test(await hub.add('azureblob', config));
    const answers = await Promise.all([
      failing(byKey({ auth: { type: 'sharedKey', accountName: ACCOUNT, accountKey: wrong } })),
      failing(byToken({ clientSecret: 'wrong-secret-5678' })),
    ]);
    expect(answers).toEqual([
      expect.objectContaining({
        success: false,
        message: expect.stringMatching(/: this is not allowed \(AuthorizationFailure\)$/),
      }),
      expect.objectContaining({ success: false, message: 'The token endpoint answered 401: invalid_client' }),
    ]);
  });

  it('is an error with a wrong key, until it is given the right one', async () => {
    const accountKey = Buffer.from('a wrong key').toString('base64');
    const id = await hub.add('azureblob', byKey({ auth: { type: 'sharedKey', accountName: ACCOUNT, accountKey } }));
    await hub.until(id, 'error');
    expect((await hub.status(id)).reason).not.toContain(accountKey);
    await hub.api.patch(`/connections/${id}`, { config: byKey() });
    await hub.until(id, 'connected');
  });

  it.each([
    [{ auth: { type: 'sharedKey', accountName: 'abc', accountKey: 'no base64!' } }, 'auth.accountKey must be base64'],
    [{ auth: { type: 'connectionString', connectionString: 'AccountName=x' } }, 'auth.connectionString must have'],
    [
      {
        endpoint: 'http://a',
        auth: { type: 'oauth2', accountName: 'abc', tenantId: 't', clientId: 'c', clientSecret: 's' },
      },
      'endpoint must be https for tokens',
    ],
    [
      { auth: { type: 'sharedKey', accountName: 'abc', accountKey: 'AA==', tenantId: 't' } },
      'auth.tenantId is not for type sharedKey',
    ],
  ])('refuses the config %j', async (config, message) => {
    await expect(hub.add('azureblob', config)).rejects.toThrow(message);
  });

  it('goes by no proxy of the environment, and to no address that it may not reach', async () => {
    const before = { ...process.env };
    Object.assign(process.env, { HTTP_PROXY: 'http://127.0.0.1:1', HTTPS_PROXY: 'http://127.0.0.1:1' });
    try {
      expect(await hub.test(await hub.add('azureblob', byKey()))).toMatchObject({ success: true });
    } finally {
      process.env = before;
    }
    const id = await hub.add('azureblob', byKey({ endpoint: 'http://169.254.169.254' }));
    expect(await hub.test(id)).toMatchObject({ success: false, message: expect.stringContaining('cloud metadata') });
  });

  it.each([
    ['no HTTP', 'SSH-2.0-OpenSSH_9.2\r\n\r\n', 'the answer is not HTTP'],
    [
      'no XML',
      'HTTP/1.1 200 OK\r\nContent-Type: application/xml\r\nContent-Length: 5\r\n\r\nhello',
      'not one of Azure',
    ],
    ['nothing', 'HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n', 'not a list of Azure'],
    ['an error of another', 'HTTP/1.1 403 No\r\nContent-Length: 5\r\n\r\nhello', '403'],
    [
      'a redirect',
      'HTTP/1.1 307 X\r\nLocation: http://169.254.169.254/\r\nContent-Length: 0\r\n\r\n',
      'a redirect is not followed',
    ],
  ])('fails at an answer that is %s', async (_, answer, message) => {
    const raw = await rawServer(answer);
    const id = await hub.add('azureblob', byKey({ endpoint: raw.url }));
    const result = await hub.call(id, 'azureblob.listBlobs', { container: 'reports' });
    await raw.stop();
    expect(result).toMatchObject({
      success: false,
      error: { message: expect.stringContaining(message), retryable: false },
    });
  });

  it('bears a server that is silent, babbles, goes away and comes back', () =>
    bearsOutages({
      hub,
      protocol: 'azureblob',
      serverPort: server.port,
      config: (port) => byKey({}, port),
      call: (id) => hub.call(id, 'azureblob.listContainers', {}),
      garbage: /: the answer is not HTTP$/,
    }));
});
