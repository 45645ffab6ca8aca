import { Client, type Pool } from 'pg';

/** A lock that the test has, and by which a process stands still just before a step. */
export class Hold {
  private constructor(
    private readonly client: Client,
    private readonly pid: number,
  ) {}

  static async take(url: string, statement: string): Promise<Hold> {
    const client = new Client({ connectionString: url });
    // It may be killed with its server.
    client.on('error', () => undefined);
    await client.connect();
    const { rows } = await client.query<{ pid: number }>('SELECT pg_backend_pid() AS pid');
    await client.query('BEGIN');
    await client.query(statement);
    return new Hold(client, rows[0]!.pid);
  }

  /** How many connections stand still because of it. */
  async waiting(look: Pool): Promise<number> {
    const { rows } = await look.query<{ count: number }>(
      'SELECT count(*)::int AS count FROM pg_stat_activity WHERE $1 = ANY (pg_blocking_pids(pid))',
      [this.pid],
    );
    return rows[0]!.count;
  }

  async release(): Promise<void> {
    await this.client.end().catch(() => undefined);
  }
}
