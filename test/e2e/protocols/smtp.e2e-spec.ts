import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describeWithServers, startProcess, type ServerProcess } from '#testing';
import { rawServer, selfSigned } from '../connectors/outside-http';
import { bearsOutages } from './outages';
import { ProtocolHub } from './protocol-hub';

const SERVER = join(__dirname, 'servers', 'mail-server.py');
const SECURITY = ['plain', 'starttls', 'tls'] as const;
type Security = (typeof SECURITY)[number];

describeWithServers(['aiosmtpd'], 'the SMTP protocol', () => {
  const certificate = selfSigned('mail');
  let hub: ProtocolHub;
  let servers: Record<Security, ServerProcess>;

  const start = (security: Security): Promise<ServerProcess> =>
    startProcess({
      // Debian's own, which knows its packages.
      program: '/usr/bin/python3',
      prepare: (directory, port) => {
        writeFileSync(join(directory, 'key.pem'), certificate.key);
        writeFileSync(join(directory, 'cert.pem'), certificate.cert);
        return [SERVER, String(port), directory, security];
      },
    });

  beforeAll(async () => {
    const [started, plain, starttls, tls] = await Promise.all([ProtocolHub.start(), ...SECURITY.map(start)]);
    hub = started;
    servers = { plain, starttls, tls } as Record<Security, ServerProcess>;
  });

  afterAll(() => Promise.all([hub.stop(), ...Object.values(servers).map((server) => server.stop())]));

  const config = (security: Security, more: object = {}) => ({
    host: '127.0.0.1',
    port: servers[security].port,
    secure: security === 'plain' ? 'none' : security,
    username: 'hub',
    password: 'open-sesame-1234',
    fromEmail: 'hub@plant.example',
    fromName: 'Hub, north',
    ...(security !== 'plain' && { tls: { ca: certificate.cert } }),
    ...more,
  });

  /** The last message that came: its envelope, and all of it. */
  const last = (security: Security): { envelope: Record<string, unknown>; content: string } => {
    const { directory } = servers[security];
    const name = readdirSync(directory)
      .filter((file) => file.endsWith('.eml'))
      .sort()
      .at(-1)!;
    const file = readFileSync(join(directory, name), 'utf8');
    const end = file.indexOf('\n');
    return { envelope: JSON.parse(file.slice(0, end)) as Record<string, unknown>, content: file.slice(end + 1) };
  };

  it.each(SECURITY)('sends text, HTML and files by %s', async (security) => {
    const id = await hub.connect('smtp', config(security));
    const mail = {
      to: 'Ann <a@plant.example>, b@plant.example',
      cc: ['c@plant.example'],
      bcc: '((secretly))',
      replyTo: 'desk@plant.example',
      subject: 'Line ((line)) hält',
      text: 'Since ((since)).',
      html: '<b>((line))</b>',
      attachments: [{ filename: 'ä.csv', content: '((file))', contentType: 'text/csv' }],
    };
    const values = { secretly: ['watcher@plant.example'], line: '7 <i>', since: '06:00', file: btoa('a,1\r\n') };
    const answer = await hub.call(id, 'smtp.sendEmail', mail, values);
    expect(answer).toMatchObject({
      success: true,
      data: { messageId: expect.stringMatching(/^<.*>$/), rejected: [], response: expect.stringMatching(/^250 OK/) },
    });
    const { envelope, content } = last(security);
    const to = ['a@plant.example', 'b@plant.example', 'c@plant.example', 'watcher@plant.example'];
    expect(envelope).toEqual({ from: 'hub@plant.example', to, tls: security !== 'plain' });
    expect(answer.data.accepted).toEqual(to);
    expect(content).toMatch(/^From: "Hub, north" <hub@plant.example>\r?$/m);
    expect(content).toMatch(/^To: Ann <a@plant.example>, b@plant.example\r?$/m);
    expect(content).toMatch(/^Reply-To: desk@plant.example\r?$/m);
    expect(content).toMatch(/^Subject: .*=\?UTF-8\?/m);
    expect(content).toContain('Since 06:00.');
    expect(content).toContain('<b>7 &lt;i&gt;</b>');
    expect(content).toContain(btoa('a,1\r\n'));
    expect(content).not.toContain('watcher@plant.example');
  });

  it('gives every attempt of one effect the same id', async () => {
    const id = await hub.add('smtp', config('plain'));
    const mail = { to: 'a@plant.example', subject: 's', text: 't' };
    const functionId = await hub.addFunction(id, 'smtp.sendEmail', mail);
    const send = async (key: string) => {
      const path = `/connections/${id}/functions/${functionId}/execute`;
      const answer = await hub.api.post(path, {}, { 'Idempotency-Key': key });
      return answer.body.data.data.messageId as string;
    };
    const ids = [await send('effect-1'), await send('effect-2')];
    expect(new Set(ids).size).toBe(2);
    expect(ids[0]).toMatch(/^<[0-9a-f]{40}@plant\.example>$/);
  });

  it('tells who was refused, and fails where nobody is left', async () => {
    const id = await hub.add('smtp', config('plain'));
    const send = (to: string) => hub.call(id, 'smtp.sendEmail', { to, subject: 's', text: 't' });
    expect(await send('a@plant.example, nobody@plant.example')).toMatchObject({
      success: true,
      data: { accepted: ['a@plant.example'], rejected: ['nobody@plant.example'] },
    });
    expect(await send('nobody@plant.example')).toMatchObject({
      success: false,
      error: {
        message: expect.stringMatching(/: the server refused it \(550 5\.1\.1 nobody is here\)$/),
        retryable: false,
      },
    });
    expect(await send('later@plant.example')).toMatchObject({ success: false, error: { retryable: true } });
  });

  it.each([
    [{ to: '((v))' }, 'a@plant.example\r\nBcc: evil@example.com', /to must be e-mail addresses/],
    [{ to: 'Ann ((v)) <a@plant.example>' }, 'x\r\nBcc: evil@example.com', /to must be e-mail addresses/],
    [{ subject: 'Line ((v))' }, '7\r\nBcc: evil@example.com', /subject must be one line/],
    [{ attachments: [{ filename: '((v))', content: 'AA==' }] }, 'a\r\nX: y', /filename must be a name/],
    [{ attachments: [{ filename: 'a', content: '((v))' }] }, 'file:///etc/passwd', /content must be base64/],
  ])('refuses %j with %j', async (mail, v, message) => {
    const id = await hub.add('smtp', config('plain'));
    const whole = { to: 'a@plant.example', subject: 's', text: 't', ...mail };
    await expect(hub.call(id, 'smtp.sendEmail', whole, { v })).rejects.toThrow(message);
  });

  it('reads no file and no address that a message names', async () => {
    const id = await hub.add('smtp', config('plain'));
    const text = 'file:///etc/passwd {"path":"/etc/passwd"}';
    const html = '<img src="file:///etc/passwd"><img src="http://169.254.169.254/">';
    const sent = await hub.call(id, 'smtp.sendEmail', { to: 'a@plant.example', subject: 's', text, html });
    expect(sent).toMatchObject({ success: true });
    expect(last('plain').content).not.toContain('root:');
  });

  it('sends nothing that is larger than it may be', async () => {
    const id = await hub.add('smtp', config('plain', { maxMessageMb: 1 }));
    const mail = { to: 'a@plant.example', subject: 's', text: '((t))((t))' };
    expect(await hub.call(id, 'smtp.sendEmail', mail, { t: 'x'.repeat(600_000) })).toMatchObject({
      success: false,
      error: { message: 'The message is larger than 1 MiB', retryable: false },
    });
  });

  it.each<[string, Security, object, RegExp]>([
    ['a wrong password', 'plain', { password: 'wrong-5678' }, /: the user name or password is not accepted \(535 /],
    ['a wrong password', 'starttls', { password: 'wrong-5678' }, /: the user name or password is not accepted \(535 /],
    ['a certificate that nobody vouches for', 'starttls', { tls: {} }, /: TLS failed: self-signed certificate/],
    ['a certificate that nobody vouches for', 'tls', { tls: {} }, /: TLS failed: self-signed certificate/],
    ['a server without TLS', 'plain', { secure: 'starttls' }, /: TLS failed/],
  ])('tells of %s by %s', async (_, security, wrong, message) => {
    const answer = await hub.test(await hub.add('smtp', config(security, wrong)));
    expect(answer).toMatchObject({ success: false, message: expect.stringMatching(message) });
    expect(answer.message).not.toContain('wrong-5678');
  });

  it('is an error with a wrong password, until it is given the right one', async () => {
    const id = await hub.add('smtp', config('plain', { password: 'wrong-5678' }));
    await hub.until(id, 'error');
    expect((await hub.status(id)).reason).not.toContain('wrong-5678');
    await hub.api.patch(`/connections/${id}`, { config: config('plain') });
    await hub.until(id, 'connected');
  });

  it('reaches no address that it may not', async () => {
    const id = await hub.add('smtp', { ...config('plain'), host: '169.254.169.254' });
    expect(await hub.test(id)).toMatchObject({ success: false, message: expect.stringContaining('cloud metadata') });
  });

  it('fails at a server that is none of mail', async () => {
    const raw = await rawServer('HTTP/1.1 400 Bad\r\n\r\n');
    const port = Number(new URL(raw.url).port);
    const answer = await hub.test(await hub.add('smtp', config('plain', { port, timeoutMs: 1_000 })));
    await raw.stop();
    expect(answer.success).toBe(false);
  });

  it.each<[Security, RegExp]>([
    ['plain', /: the answer is not SMTP$/],
    ['tls', /: TLS failed/],
  ])('bears a server that is silent, babbles, goes away and comes back, by %s', (security, garbage) =>
    bearsOutages({
      hub,
      protocol: 'smtp',
      serverPort: servers[security].port,
      config: (port) => config(security, { port }),
      call: (id) => hub.call(id, 'smtp.sendEmail', { to: 'a@plant.example', subject: 's', text: 't' }),
      garbage,
    }),
  );
});
