import { eventually, type TestApp } from '#testing';

/** Lets changes of an organization's configuration go on to their last step, and no further. */
export class Standstill {
  private readonly end = Promise.withResolvers<void>();
  private readonly held = Promise.withResolvers<void>();
  private readonly done: Promise<void>;

  private constructor(
    private readonly app: TestApp,
    organizationId: string,
  ) {
    this.done = app.database.asSystem(async (manager) => {
      await manager.query('SELECT 1 FROM dependency_graphs WHERE organization_id = $1 FOR UPDATE', [organizationId]);
      this.held.resolve();
      await this.end.promise;
    });
  }

  /** Of an organization whose graph has been begun. */
  static async of(app: TestApp, organizationId: string): Promise<Standstill> {
    const standstill = new Standstill(app, organizationId);
    await Promise.race([standstill.held.promise, standstill.done]);
    return standstill;
  }

  /** Until so many stand still, or wait for those who do. */
  async standing(count: number): Promise<void> {
    await eventually(async () => (await waiting(this.app)) === count);
  }

  /** Everything goes on. */
  async release(): Promise<void> {
    this.end.resolve();
    await this.done;
  }
}

async function waiting(app: TestApp): Promise<number> {
  const [row] = await app.database.asSystem((manager) =>
    manager.query<[{ count: number }]>(
      `SELECT count(DISTINCT pid)::int AS count FROM pg_locks WHERE NOT granted AND pid IN (
         SELECT pid FROM pg_stat_activity WHERE datname = current_database())`,
    ),
  );
  return row.count;
}
