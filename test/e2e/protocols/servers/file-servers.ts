import { execFileSync } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';
import { startServer, type RunningServer } from '#testing';
import { selfSigned } from '../../connectors/outside-http';

export const USER = 'hub';
export const PASSWORD = 'open-sesame-1234';

/** A folder that servers share, with accounts, keys and certificates. */
export class FileServers {
  private readonly directory = mkdtempSync(join(tmpdir(), 'maestrohub-files-'));
  private readonly running: RunningServer[] = [];
  readonly certificate = selfSigned('files');
  /** Where the files are; whoever logs in may write there. */
  readonly base = join(this.directory, 'files');
  readonly clientKey = this.newKey('client_key');
  readonly otherKey = this.newKey('other_key');

  constructor() {
    chmodSync(this.directory, 0o755);
    this.newKey('host_key');
    mkdirSync(this.base);
    chmodSync(this.base, 0o777);
    const { uid, gid } = userInfo();
    const hash = execFileSync('openssl', ['passwd', '-6', PASSWORD], { encoding: 'utf8' }).trim();
    // Root is let in nowhere.
    const [user, group] = uid === 0 ? [65_534, 65_534] : [uid, gid];
    this.write('users', `${USER}:${hash}:${user}:${group}::${this.base}:/bin/false\n`);
    this.write('key.pem', this.certificate.key);
    this.write('cert.pem', this.certificate.cert);
    this.write('authorized_keys', readFileSync(this.at('client_key.pub'), 'utf8'));
  }

  /** Its path; everybody may write there. */
  newFolder(): string {
    const folder = mkdtempSync(join(this.base, 'folder-'));
    chmodSync(folder, 0o777);
    return folder;
  }

  /** Of the key that SSH servers here have. */
  get fingerprint(): string {
    const told = execFileSync('ssh-keygen', ['-lf', this.at('host_key.pub')], { encoding: 'utf8' });
    return told.split(' ')[1]!;
  }

  ftp(...more: string[]): Promise<RunningServer> {
    return this.start('proftpd', [`AuthUserFile ${this.at('users')}`, ...more]);
  }

  ftps(...options: string[]): Promise<RunningServer> {
    return this.ftp(
      'ModulePath /usr/lib/proftpd',
      'LoadModule mod_tls.c',
      'TLSEngine on',
      'TLSRequired on',
      `TLSECCertificateFile ${this.at('cert.pem')}`,
      `TLSECCertificateKeyFile ${this.at('key.pem')}`,
      ...options,
    );
  }

  /** SFTP by password. */
  sftp(): Promise<RunningServer> {
    return this.ftp(
      'ModulePath /usr/lib/proftpd',
      'LoadModule mod_sftp.c',
      'SFTPEngine on',
      `SFTPHostKey ${this.at('host_key')}`,
      'SFTPAuthMethods password',
    );
  }

  /** SFTP by key, for the user that runs the tests. */
  ssh(): Promise<RunningServer> {
    return this.start('sshd', [`HostKey ${this.at('host_key')}`, `AuthorizedKeysFile ${this.at('authorized_keys')}`]);
  }

  async stop(): Promise<void> {
    await Promise.all(this.running.map((server) => server.stop()));
    rmSync(this.directory, { recursive: true, force: true });
  }

  private async start(name: 'proftpd' | 'sshd', settings: string[]): Promise<RunningServer> {
    const server = await startServer(name, { settings });
    this.running.push(server);
    return server;
  }

  private at(name: string): string {
    return join(this.directory, name);
  }

  private write(name: string, content: string): void {
    writeFileSync(this.at(name), content, { mode: 0o600 });
  }

  private newKey(name: string): string {
    execFileSync('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-f', this.at(name)]);
    return readFileSync(this.at(name), 'utf8');
  }
}
