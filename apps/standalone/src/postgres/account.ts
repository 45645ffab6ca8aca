import { spawnSync } from 'node:child_process';
import { readFileSync, statSync } from 'node:fs';

/** The account PostgreSQL runs under when we are root: it refuses to run as root itself. */
export interface Account {
  name: string;
  uid: number;
  gid: number;
}

const NAME = 'maestrohub';

/**
 * The account for a cluster, undefined when we are an ordinary user and need none. A cluster that is there keeps its
 * owner. For a new one it is a system account of our own, made where the tools for it are (containers often lack
 * them), and otherwise `nobody`.
 */
export function accountFor(cluster: string): Account | undefined {
  if (process.getuid?.() !== 0) return undefined;
  return ownerOf(cluster) ?? named(NAME) ?? createdAccount() ?? named('nobody');
}

function ownerOf(cluster: string): Account | undefined {
  const stat = statSync(cluster, { throwIfNoEntry: false });
  return stat && stat.uid !== 0 ? { name: `user ${stat.uid}`, uid: stat.uid, gid: stat.gid } : undefined;
}

function createdAccount(): Account | undefined {
  const home = ['/nonexistent', '/usr/sbin/nologin'] as const;
  const tools: [string, string[]][] = [
    ['useradd', ['--system', '--user-group', '--no-create-home', '--home-dir', home[0], '--shell', home[1], NAME]],
    ['adduser', ['-S', '-D', '-H', '-h', home[0], '-s', home[1], NAME]],
  ];
  for (const [command, args] of tools) {
    spawnSync(command, args, { stdio: 'ignore', env: { PATH: '/usr/sbin:/usr/bin:/sbin:/bin' } });
    const account = named(NAME);
    if (account) return account;
  }
  return undefined;
}

const named = (name: string): Account | undefined => findAccount(readFileSync('/etc/passwd', 'utf8'), name);

/** Looks a name up in the text of a passwd file; initdb insists that its account is in there. */
export function findAccount(passwd: string, name: string): Account | undefined {
  for (const line of passwd.split('\n')) {
    const [login, , uid, gid] = line.split(':');
    if (login === name && Number(uid) > 0) return { name, uid: Number(uid), gid: Number(gid) };
  }
  return undefined;
}
