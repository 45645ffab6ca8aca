import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Self-signed certificates for 127.0.0.1, in a folder of their own. */
export class Certificates {
  private readonly folder = mkdtempSync(join(tmpdir(), 'maestrohub-mqtt-tls-'));
  readonly certFile = join(this.folder, 'cert.pem');
  readonly keyFile = join(this.folder, 'key.pem');

  /** Makes the pair, or another in its place. */
  renew(commonName: string, { certFile, keyFile }: Pick<Certificates, 'certFile' | 'keyFile'> = this): void {
    const args = [
      ...['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-days', '2'],
      ...['-subj', `/CN=${commonName}`, '-addext', 'subjectAltName=IP:127.0.0.1'],
      ...['-keyout', keyFile, '-out', certFile],
    ];
    execFileSync('openssl', args, { stdio: 'ignore' });
  }

  remove(): void {
    rmSync(this.folder, { recursive: true });
  }
}
