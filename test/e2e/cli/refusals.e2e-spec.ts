import { createServer as createHttpServer, type RequestListener } from 'node:http';
import { createServer as createHttpsServer } from 'node:https';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import type { AddressInfo, Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ALL_SCOPES, newId } from '#kernel';
import { createTestApp, freePort, type TestApp } from '#testing';
import { Certificates } from '../mqtt/certificates';
import { runCli } from './run-cli';

/* What people get to read when they give something wrong, or the other side is not as it should be. */

describe('a command that speaks to MaestroHub', () => {
  let app: TestApp;
  let right: Record<string, string>;
  const servers: Server[] = [];
  const certificates = new Certificates();
  const folder = mkdtempSync(join(tmpdir(), 'refusals-'));

  beforeAll(async () => {
    certificates.renew('hub');
    app = await createTestApp();
    right = { HUB_URL: app.url, HUB_ORGANIZATION: app.organizationId, HUB_TOKEN: await app.newToken(ALL_SCOPES) };
  });

  afterAll(async () => {
    for (const server of servers) server.close();
    certificates.remove();
    rmSync(folder, { recursive: true });
    await app.stop();
  });

  async function listening(server: Server): Promise<number> {
    servers.push(server);
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return (server.address() as AddressInfo).port;
  }

  const http = (handle: RequestListener) => listening(createHttpServer(handle));

  const refused = async (environment: Record<string, string>, message: string | RegExp, ...options: string[]) => {
    const { code, output } = await runCli(['undo', '--yes', ...options], { ...right, ...environment });
    expect({ code, output }).toEqual({ code: 1, output: expect.stringMatching(message) });
  };

  it('wants to know where, for whom, and by what right', async () => {
    await refused({ HUB_URL: 'hub.example.com' }, /^maestrohub: HUB_URL or --url must be an address like https:/);
    await refused({ HUB_URL: 'localhost:8080' }, /must be an address like https:/);
    await refused(
      { HUB_ORGANIZATION: '' },
      /^maestrohub: HUB_ORGANIZATION or --organization is required: the id of one/,
    );
    await refused(
      { HUB_ORGANIZATION: 'Plant' },
      /^maestrohub: HUB_ORGANIZATION or --organization must be an id, and not/,
    );
    await refused({ HUB_TOKEN: '' }, /^maestrohub: HUB_TOKEN is required: make a token/);
    await refused({ HUB_TOKEN: 'a b' }, /^maestrohub: HUB_TOKEN must be a token alone/);
    await refused({ HUB_TOKEN_FILE: join(folder, 'none') }, /^maestrohub: HUB_TOKEN_FILE cannot be read: ENOENT/);
  });

  it('takes the address of the API, and a token from a file', async () => {
    const file = join(folder, 'token');
    writeFileSync(file, `${right['HUB_TOKEN']}\n`);
    const environment = { HUB_URL: `${app.url}/api/v1/`, HUB_TOKEN: '', HUB_TOKEN_FILE: file };
    await refused(environment, /^maestrohub: there is no import to take back\n$/);
  });

  it('says which right is missing', async () => {
    await refused({ HUB_TOKEN: 'nobody' }, /^maestrohub: HUB_TOKEN is not valid, or not any more: make another one/);
    const weak = await app.newToken(['uns:read']);
    await refused({ HUB_TOKEN: weak }, /^maestrohub: HUB_TOKEN does not have the scope dependencies:import: make a/);
    const viewer = await app.newToken(['dependencies:import'], await app.newUser('viewer'));
    await refused({ HUB_TOKEN: viewer }, /^maestrohub: Your role does not allow this action \(organization \S+\)\n$/);
    await refused(
      { HUB_TOKEN: viewer, HUB_ORGANIZATION: newId() },
      /^maestrohub: You are not a member of this organization/,
    );
  });

  it('says that nobody is there', async () => {
    await refused(
      { HUB_URL: `http://127.0.0.1:${await freePort()}` },
      /^maestrohub: nothing listens at \S+: start Maestro/,
    );
    // Longer than a name may be: no name server is asked.
    await refused({ HUB_URL: `http://${'x'.repeat(64)}.invalid` }, /^maestrohub: the host of \S+ is not known/);
    const port = await http((_, response) => void response.socket?.destroy());
    await refused({ HUB_URL: `http://127.0.0.1:${port}` }, /^maestrohub: \S+ ended the call without an answer/);
  });

  it('says that somebody else is there', async () => {
    const page = await http((_, response) => void response.end('<html>welcome</html>'));
    await refused(
      { HUB_URL: `http://127.0.0.1:${page}` },
      /^maestrohub: there is no MaestroHub at \S+ \(the answer is no JSON/,
    );
    const missing = await http((_, response) => void response.writeHead(404).end('<html>nothing</html>'));
    await refused(
      { HUB_URL: `http://127.0.0.1:${missing}/hub` },
      /^maestrohub: there is no MaestroHub at \S+ \(answer 404\)/,
    );
    const location = 'https://hub.example.com/api/v1/dependencies/import';
    const moved = await http((_, response) => void response.writeHead(301, { location }).end());
    await refused(
      { HUB_URL: `http://127.0.0.1:${moved}` },
      /^maestrohub: \S+ sends on to https:\/\/hub\.example\.com: name that address by HUB_URL or --url\n$/,
    );
  });

  it('says what is wrong with a certificate, and takes one that it is told to trust', async () => {
    const pair = { cert: readFileSync(certificates.certFile), key: readFileSync(certificates.keyFile) };
    const port = await listening(createHttpsServer(pair, (_, response) => void response.end('{"data":[]}')));
    const url = `https://127.0.0.1:${port}`;
    await refused(
      { HUB_URL: url },
      /^maestrohub: this computer does not trust the certificate of \S+ \(DEPTH_ZERO_SELF_/,
    );
    const trusting = { HUB_URL: url, NODE_EXTRA_CA_CERTS: certificates.certFile };
    await refused(trusting, /^maestrohub: there is no import to take back\n$/);
    await refused({ ...trusting, HUB_URL: `https://localhost:${port}` }, /the certificate of \S+ is for another host/);
    await refused(
      { HUB_URL: app.url.replace('http:', 'https:') },
      /^maestrohub: \S+ does not speak TLS .* is it http:\/\//,
    );
  });

  it('does not take names of files for something else', async () => {
    const run = (...args: string[]) => runCli(args, right, folder);
    expect(await run('plan', 'none')).toEqual({
      code: 1,
      output: expect.stringContaining('none cannot be read: ENOENT'),
    });
    expect(await run('plan', 'models/A.yaml')).toMatchObject({ output: expect.stringContaining('name the directory') });
    expect(await run('plan', '.')).toMatchObject({ output: expect.stringContaining('maestrohub.json is missing') });
    expect(await run('export', 'all.yaml')).toMatchObject({
      code: 1,
      output: expect.stringContaining('must be a directory'),
    });
    expect(await run('export', 'x', '--entity', 'A:b')).toMatchObject({
      output: expect.stringContaining('--entity A:b'),
    });
  });

  it('tells its version', async () => {
    expect(await runCli(['--version'], {})).toEqual({ code: 0, output: expect.stringMatching(/^\d+\.\d+\.\d+\n$/) });
  });

  it.each([
    ['export', /dependencies:export.*/s],
    ['plan', /Exit code 0: .*2: with --check.*1: .*dependencies:import/s],
    ['apply', /--on-conflict.*--secrets.*dependencies:import/s],
    ['undo', /--force.*dependencies:import/s],
  ])('tells more of %s', async (command, words) => {
    expect(await runCli([command, '--help'], {})).toEqual({ code: 0, output: expect.stringMatching(words) });
  });
});
