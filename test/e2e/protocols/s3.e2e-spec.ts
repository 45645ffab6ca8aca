import { join } from 'node:path';
import { startProcess, type ServerProcess } from '#testing';
import { OutsideHttp, rawServer } from '../connectors/outside-http';
import { bearsOutages } from './outages';
import { ProtocolHub } from './protocol-hub';

const SERVER = join(__dirname, 'servers', 's3-server.cjs');
const BUCKET = 'plant-reports';
const KEYS = { accessKeyId: 'hub-key', secretAccessKey: 'open-sesame-1234' };

describe('the S3 protocol', () => {
  let hub: ProtocolHub;
  let server: ServerProcess;

  beforeAll(async () => {
    [hub, server] = await Promise.all([
      ProtocolHub.start(),
      startProcess({
        program: process.execPath,
        prepare: (directory, port) => [
          '--openssl-legacy-provider',
          SERVER,
          String(port),
          directory,
          BUCKET,
          ...Object.values(KEYS),
        ],
      }),
    ]);
  });

  afterAll(() => Promise.all([hub.stop(), server.stop()]));

  const config = (more: object = {}) => ({
    endpoint: `http://127.0.0.1:${server.port}`,
    bucket: BUCKET,
    pathStyle: true,
    ...KEYS,
    ...more,
  });

  it('writes, describes, reads, lists and deletes objects below its prefix', async () => {
    const id = await hub.connect('s3', config({ prefix: 'north' }));
    const day = 'day 1/ä+(x).json';
    const content = { good: 41, text: 'ä' };
    const put = { key: 'shifts/((day))', content: '((content))', metadata: { line: 'l-((line))' } };
    expect(await hub.call(id, 's3.putObject', put, { day, content, line: 7 })).toMatchObject({
      success: true,
      data: { key: `shifts/${day}`, size: 23, etag: expect.stringMatching(/^"\w{32}"$/) },
    });
    expect(await hub.call(id, 's3.headObject', { key: `/shifts/${day}` })).toMatchObject({
      data: { size: 23, contentType: 'application/json', metadata: { line: 'l-7' } },
    });
    const read = await hub.call(id, 's3.getObject', { key: `shifts/${day}`, format: 'json' });
    expect(read.data).toMatchObject({ content, format: 'json', lastModified: expect.stringMatching(/^\d{4}-.*Z$/) });
    // Whoever has no prefix sees where it is.
    const whole = await hub.add('s3', config());
    expect(await hub.call(whole, 's3.getObject', { key: `north/shifts/${day}` })).toMatchObject({
      data: { content: JSON.stringify(content), format: 'text' },
    });
    await hub.call(whole, 's3.putObject', { key: 'southern/x', content: 'not yours' });
    expect((await hub.call(id, 's3.listObjects', {})).data).toEqual({
      objects: [expect.objectContaining({ key: `shifts/${day}`, size: 23 })],
      folders: [],
      cursor: null,
    });
    expect(await hub.call(id, 's3.deleteObject', { key: `shifts/${day}` })).toMatchObject({ success: true });
    expect(await hub.call(id, 's3.getObject', { key: `shifts/${day}` })).toMatchObject({
      success: false,
      error: {
        message: expect.stringMatching(/^127\.0\.0\.1:\d+: there is no such object \(NoSuchKey\)$/),
        retryable: false,
      },
    });
    expect(await hub.call(id, 's3.headObject', { key: 'x' })).toMatchObject({
      error: { message: expect.stringMatching(/: there is no such object$/) },
    });
  });

  it('keeps bytes as they are', async () => {
    const id = await hub.add('s3', config());
    await hub.call(id, 's3.putObject', { key: 'b', content: '((bytes))', format: 'base64' }, { bytes: '/wAB' });
    expect((await hub.call(id, 's3.getObject', { key: 'b' })).data).toMatchObject({
      content: '/wAB',
      format: 'base64',
      contentType: 'application/octet-stream',
    });
    const refused = await hub.call(id, 's3.putObject', { key: 'b', content: 'ä', format: 'base64' });
    expect(refused.error!.message).toBe('The content is no base64 text');
  });

  it('lists by folders and in pages', async () => {
    const id = await hub.add('s3', config({ prefix: 'pages/', listLimit: 3 }));
    for (const key of ['a', 'b', 'c', 'd', 'sub/e']) await hub.call(id, 's3.putObject', { key, content: key });
    const list = async (more: object) => (await hub.call(id, 's3.listObjects', more)).data;
    const keys = ({ objects }: { objects: { key: string }[] }) => objects.map(({ key }) => key);
    const first = await list({});
    const second = await list({ cursor: first.cursor });
    expect([keys(first), keys(second), second.cursor]).toEqual([['a', 'b', 'c'], ['d', 'sub/e'], null]);
    const page = await list({ limit: 2 });
    expect(keys(page)).toEqual(['a', 'b']);
    expect(await list({ prefix: 'sub/' })).toMatchObject({ objects: [{ key: 'sub/e' }] });
    const rest = await list({ recursive: false, cursor: page.cursor });
    expect([keys(rest), rest.folders]).toEqual([['c', 'd'], ['sub/']]);
  });

  it('takes nothing that is larger than it may be', async () => {
    const [small, large] = await Promise.all([hub.add('s3', config({ maxFileMb: 1 })), hub.add('s3', config())]);
    const content = 'x'.repeat(600_000);
    const put = { key: 'big', content: '((content))((content))' };
    const refusal = { success: false, error: { message: 'The content is larger than 1 MiB', retryable: false } };
    expect(await hub.call(small, 's3.putObject', put, { content })).toMatchObject(refusal);
    expect(await hub.call(large, 's3.putObject', put, { content })).toMatchObject({ success: true });
    expect(await hub.call(small, 's3.getObject', { key: 'big' })).toMatchObject(refusal);
    // The connection that was left is not the last.
    expect(await hub.call(small, 's3.headObject', { key: 'big' })).toMatchObject({ data: { size: 1_200_000 } });
  });

  it.each(['../x', 'a/../../x', 'a\\..\\x', '%2e%2e/x', 'a\r\nb', 'a//b'])('refuses the key %j', async (key) => {
    const id = await hub.add('s3', config({ prefix: 'north' }));
    await expect(hub.call(id, 's3.getObject', { key: '((key))' }, { key })).rejects.toThrow(
      /answered 400:.*key must not/,
    );
  });

  it('tells what is wrong with keys and buckets, and never a secret', async () => {
    const failing = async (more: object) => hub.test(await hub.add('s3', config(more)));
    const answers = await Promise.all([
      failing({ secretAccessKey: 'wrong-secret-5678' }),
      failing({ accessKeyId: 'nobody' }),
      failing({ bucket: 'no-such-bucket' }),
    ]);
    expect(answers.map(({ success }) => success)).toEqual([false, false, false]);
    expect(answers.map(({ message }) => message!.replace(/^.*?: /, ''))).toEqual([
      'the secret of the access key is wrong (SignatureDoesNotMatch)',
      'the access key is not known (InvalidAccessKeyId)',
      'there is no such bucket (NoSuchBucket)',
    ]);
  });

  it('is an error with a wrong secret, until it is given the right one', async () => {
    const id = await hub.add('s3', config({ secretAccessKey: 'wrong-secret-5678' }));
    await hub.until(id, 'error');
    expect((await hub.status(id)).reason).not.toContain('wrong-secret');
    await hub.api.patch(`/connections/${id}`, { config: config() });
    await hub.until(id, 'connected');
  });

  it('takes nothing from the environment', async () => {
    const settings = {
      AWS_ENDPOINT_URL: 'http://127.0.0.1:1',
      AWS_ENDPOINT_URL_S3: 'http://127.0.0.1:1',
      AWS_PROFILE: 'other',
      AWS_MAX_ATTEMPTS: '9',
      AWS_S3_US_EAST_1_REGIONAL_ENDPOINT: 'legacy',
      AWS_USE_DUALSTACK_ENDPOINT: 'true',
      HTTP_PROXY: 'http://127.0.0.1:1',
      HTTPS_PROXY: 'http://127.0.0.1:1',
    };
    const before = { ...process.env };
    Object.assign(process.env, settings);
    try {
      const id = await hub.add('s3', config());
      expect(await hub.test(id)).toEqual(expect.objectContaining({ success: true }));
      // That of AWS, whatever the environment says; nothing of AWS is reached from tests.
      const aws = await hub.add('s3', { bucket: BUCKET, region: 'no-such-region-1', ...KEYS, timeoutMs: 5_000 });
      // The name is not known, or whoever could say so is silent.
      expect((await hub.test(aws)).message).toMatch(/^(plant-reports\.)?s3\.no-such-region-1\.amazonaws\.com: /);
    } finally {
      process.env = before;
    }
  });

  it('says how to encrypt, and who it is by a session token', async () => {
    const outside = await new OutsideHttp().start();
    const id = await hub.add(
      's3',
      config({
        endpoint: outside.url,
        sessionToken: 'session-token-1',
        serverSideEncryption: 'aws:kms',
        kmsKeyId: 'key-1',
      }),
    );
    await hub.call(id, 's3.putObject', { key: 'x', content: 'y' });
    await outside.stop();
    expect(outside.last.headers).toMatchObject({
      'x-amz-server-side-encryption': 'aws:kms',
      'x-amz-server-side-encryption-aws-kms-key-id': 'key-1',
      'x-amz-security-token': 'session-token-1',
      authorization: expect.stringMatching(/^AWS4-HMAC-SHA256 Credential=hub-key\/\d+\/us-east-1\/s3\//),
    });
  });

  it('reaches no address that it may not', async () => {
    const id = await hub.add('s3', config({ endpoint: 'http://169.254.169.254' }));
    expect(await hub.test(id)).toMatchObject({ success: false, message: expect.stringContaining('cloud metadata') });
  });

  it.each([
    ['no HTTP', 'SSH-2.0-OpenSSH_9.2\r\n\r\n', 'the answer is not HTTP'],
    ['no XML', 'HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello', 'the answer is not one of S3'],
    ['half an XML', 'HTTP/1.1 200 OK\r\nContent-Length: 8\r\n\r\n<a><b></', 'the answer is not one of S3'],
    ['an error of another', 'HTTP/1.1 403 No\r\nContent-Length: 5\r\n\r\nhello', '403'],
    ['a redirect', 'HTTP/1.1 307 X\r\nLocation: http://169.254.169.254/\r\nContent-Length: 0\r\n\r\n', '307'],
    [
      'a list without an end',
      list('<IsTruncated>true</IsTruncated><NextContinuationToken>t</NextContinuationToken>'),
      'the list does not end',
    ],
    ['a key of others', list('<Contents><Key>south/x</Key></Contents>'), 'the list has keys outside of the prefix'],
  ])('fails at an answer that is %s', async (_, answer, message) => {
    const raw = await rawServer(answer);
    const id = await hub.add('s3', config({ endpoint: raw.url, prefix: 'north' }));
    const result = await hub.call(id, 's3.listObjects', {});
    await raw.stop();
    expect(result).toMatchObject({
      success: false,
      error: { message: expect.stringContaining(message), retryable: false },
    });
  });

  it('bears a server that is silent, babbles, goes away and comes back', () =>
    bearsOutages({
      hub,
      protocol: 's3',
      serverPort: server.port,
      config: (port) => config({ endpoint: `http://127.0.0.1:${port}` }),
      call: (id) => hub.call(id, 's3.listObjects', { limit: 1 }),
      garbage: /: the answer is not HTTP$/,
    }));
});

function list(members: string): string {
  const body = `<ListBucketResult>${members}</ListBucketResult>`;
  return `HTTP/1.1 200 OK\r\nContent-Type: application/xml\r\nContent-Length: ${body.length}\r\n\r\n${body}`;
}
