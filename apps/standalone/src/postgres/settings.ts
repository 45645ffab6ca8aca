/** Written to postgresql.conf when a cluster is made: fit for a small hub, free for its owner to tune. */
const TUNABLE: Readonly<Record<string, string>> = {
  shared_buffers: '128MB',
  max_connections: '60',
  work_mem: '8MB',
  maintenance_work_mem: '64MB',
  // Ingest writes much and evenly: larger, rarer checkpoints, and full-page images at half their size.
  wal_buffers: '16MB',
  wal_compression: 'on',
  min_wal_size: '256MB',
  max_wal_size: '2GB',
  checkpoint_timeout: '15min',
  log_checkpoints: 'off',
  random_page_cost: '1.1',
  // Compiling a plan costs more than the short queries here win by it.
  jit: 'off',
};

/** Given at every start and above postgresql.conf: what the platform's promises rest on. */
const FIXED: Readonly<Record<string, string>> = {
  listen_addresses: '127.0.0.1',
  // No socket file: its path may be too long, and two users would have to share a directory for it.
  unix_socket_directories: '',
  // An acknowledged record is on disk.
  fsync: 'on',
  full_page_writes: 'on',
  synchronous_commit: 'on',
  password_encryption: 'scram-sha-256',
};

export const INITDB_ARGUMENTS: readonly string[] = [
  '--username=postgres',
  '--auth=scram-sha-256',
  '--encoding=UTF8',
  // PostgreSQL's own C.UTF-8 for collation and case, and C for the rest: both exist everywhere, whatever LANG says.
  '--locale=C',
  '--locale-provider=builtin',
  '--builtin-locale=C.UTF-8',
  ...Object.entries(TUNABLE).map(([name, value]) => `--set=${name}=${value}`),
];

export const serverArguments = (cluster: string, port: number): string[] => [
  '-D',
  cluster,
  '-p',
  String(port),
  ...Object.entries(FIXED).flatMap(([name, value]) => ['-c', `${name}=${value}`]),
];
