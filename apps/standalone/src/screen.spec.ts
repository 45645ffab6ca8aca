import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { spawn, spawnSync } from 'node:child_process';
import { curlLine, screen, type ScreenFacts } from './screen';

const facts: ScreenFacts = {
  httpUrl: 'http://127.0.0.1:8080',
  mqttUrl: 'mqtt://127.0.0.1:1883',
  organizationId: '0190b5d3-7f0a-7c3e-9d50-1c6ce2ab7a11',
  adminEmail: 'admin@maestrohub.local',
  dataDir: '/data',
  startedIn: '1.2 s',
};

describe('screen', () => {
  it('tells addresses, organization and administrator', () => {
    const shown = screen(facts);
    for (const value of Object.values(facts)) expect(shown).toContain(value);
    expect(shown).toContain('http://127.0.0.1:8080/swagger/index.html');
    expect(shown).not.toContain('Password');
  });

  it('shows the password only when it is new', () => {
    expect(screen({ ...facts, newAdminPassword: 'correct horse' })).toMatch(/Password +correct horse/);
  });
});

describe('the curl line', () => {
  let server: Server;
  afterEach(() => server?.close());

  it('signs in as pasted, whatever is in the password', async () => {
    const asked = Promise.withResolvers<unknown>();
    server = createServer((request, response) => {
      void text(request).then((body) =>
        asked.resolve([request.url, request.headers['content-type'], JSON.parse(body)]),
      );
      response.end();
    });
    await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
    const httpUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const newAdminPassword = `it's "$HOME" \\ \`x\` !`;
    spawn('sh', ['-c', curlLine({ ...facts, httpUrl, newAdminPassword })], { stdio: 'ignore' });
    expect(await asked.promise).toEqual([
      '/api/v1/auth/login',
      'application/json',
      { email: facts.adminEmail, password: newAdminPassword },
    ]);
  });

  it('asks for the state where no password is known', () => {
    expect(curlLine(facts)).toBe('curl -s http://127.0.0.1:8080/health/ready');
    expect(spawnSync('sh', ['-n', '-c', curlLine(facts)]).status).toBe(0);
  });
});
