import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { certificatesIn, distrust } from './trusted-certificates';

describe('certificates of servers', () => {
  const folder = mkdtempSync(join(tmpdir(), 'certificates-'));
  const path = (name: string): string => join(folder, name);
  const openssl = (command: string) => execFileSync('openssl', command.split(' '), { cwd: folder, stdio: 'pipe' });
  const pem = (name: string): string => readFileSync(path(`${name}.pem`), 'utf8');

  beforeAll(() => {
    openssl('req -x509 -newkey rsa:2048 -nodes -keyout ca.key -out ca.pem -days 2 -subj /CN=Authority');
    openssl('req -newkey rsa:2048 -nodes -keyout server.key -out server.csr -subj /CN=Server');
    openssl('x509 -req -in server.csr -CA ca.pem -CAkey ca.key -CAcreateserial -out server.pem -days 2');
    openssl('req -x509 -newkey rsa:2048 -nodes -keyout other.key -out other.pem -days 2 -subj /CN=Authority');
  });

  afterAll(() => rmSync(folder, { recursive: true }));

  const judged = (shown: string, trusted: string, now?: Date) =>
    distrust(certificatesIn(shown)[0]!, certificatesIn(trusted), now);

  it('are trusted by themselves, or by who has issued them', () => {
    expect(judged(pem('server'), pem('server'))).toBeUndefined();
    expect(judged(pem('server'), `${pem('other')}\n${pem('ca')}`)).toBeUndefined();
  });

  it('are not trusted by one of the same name', () => {
    expect(judged(pem('server'), pem('other'))).toMatch(/^is not trusted \(SHA-256 [\dA-F:]+\)$/);
    expect(judged(pem('server'), '')).toMatch(/^is not trusted/);
  });

  it('are not trusted after their time', () => {
    expect(judged(pem('server'), pem('ca'), new Date('2100-01-01'))).toMatch(/^has expired/);
    expect(judged(pem('server'), pem('ca'), new Date('2000-01-01'))).toMatch(/^is not valid before/);
  });
});
