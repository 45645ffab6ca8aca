import { newId } from '#kernel';
import { AuditMaintenanceModule } from '#audit';
import { asOwner } from '#platform/database';
import { createTestApp, eventuallyPasses, type TestApp } from '#testing';

const DAY_MS = 86_400_000;

describe('retention of the trail', () => {
  let app: TestApp;
  const begun = new Date();

  beforeAll(async () => {
    app = await createTestApp({ roles: ['api', 'worker'], settings: { HUB_AUDIT_RETENTION_DAYS: '30' } });
  });

  afterAll(() => app.stop());

  const query = <R>(text: string, values: unknown[] = []): Promise<R[]> =>
    asOwner(app.config, async (owner) => (await owner.query(text, values)).rows as R[]);

  const partitions = async (): Promise<string[]> => {
    const rows = await query<{ name: string }>(
      `SELECT inhrelid::regclass::text AS name FROM pg_inherits WHERE inhparent = 'audit_entries'::regclass ORDER BY 1`,
    );
    return rows.map(({ name }) => name);
  };

  const daysAgo = (days: number): Date => new Date(Date.now() - days * DAY_MS);

  const monthOf = (time: Date): string => time.toISOString().slice(0, 7);

  const insert = (at: Date): Promise<unknown> =>
    app.database.asSystem((manager) =>
      manager.query(
        `INSERT INTO audit_entries (id, at, action, result, count) VALUES ($1, $2, 'thing.test', 'done', 1)`,
        [newId(), at],
      ),
    );

  it('keeps a partition for this month and the next two, and a default one', async () => {
    const from = (now: Date): string[] => {
      const months = [0, 1, 2].map((ahead) =>
        monthOf(new Date(Date.UTC(now.getUTCFullYear(), now.getUTCMonth() + ahead))),
      );
      return [...months.map((month) => `audit_entries_${month.replace('-', '')}`), 'audit_entries_default'];
    };
    // Another month may have begun meanwhile.
    expect([from(begun), from(new Date())]).toContainEqual(await partitions());
  });

  it('is shorter for an organization that wants it so, for its own entries alone', async () => {
    const own = await createTestApp({ roles: ['api', 'worker'] });
    try {
      const admin = own.api(await own.newToken(['organizations:write']));
      const other = await own.newOrganization();
      await admin.patch('/organizations/settings', { retention: { auditDays: 60 } });
      const ages = [10, 59, 61, 300];
      for (const organizationId of [own.organizationId, other, null]) {
        for (const days of ages) {
          await own.database.asSystem((manager) =>
            manager.query(
              `INSERT INTO audit_entries (id, at, organization_id, action, result, count) VALUES ($1, $2, $3, 'thing.test', 'done', 1)`,
              [newId(), daysAgo(days), organizationId],
            ),
          );
        }
      }
      await own.nest.get(AuditMaintenanceModule).removeOld();
      const left = await own.database.asSystem((manager) =>
        manager.query<{ organization_id: string | null; count: number }[]>(
          `SELECT organization_id, count(*)::int FROM audit_entries WHERE action = 'thing.test' GROUP BY 1`,
        ),
      );
      const counts = new Map(left.map(({ organization_id, count }) => [organization_id, count]));
      expect(counts).toEqual(
        new Map([
          [own.organizationId, 2],
          [other, 4],
          [null, 4],
        ] as [string | null, number][]),
      );
    } finally {
      await own.stop();
    }
  });

  it('drops months that have ended before it, and nothing younger', async () => {
    const before = await partitions();
    const old = daysAgo(400);
    const begin = new Date(Date.UTC(old.getUTCFullYear(), old.getUTCMonth()));
    const end = new Date(Date.UTC(old.getUTCFullYear(), old.getUTCMonth() + 1));
    const name = `audit_entries_${monthOf(old).replace('-', '')}`;
    await query(
      `CREATE TABLE ${name} PARTITION OF audit_entries FOR VALUES FROM ('${begin.toISOString()}') TO ('${end.toISOString()}')`,
    );
    // The second waits in the default partition, as there is none for its month.
    for (const days of [400, 300, 29, 0]) await insert(daysAgo(days));
    // Several workers at the same time; and a table that is in use is left for the next run.
    const housekeeping = app.nest.get(AuditMaintenanceModule);
    await eventuallyPasses(async () => {
      await Promise.all([housekeeping.removeOld(), housekeeping.removeOld()]);
    });
    expect(await partitions()).toEqual(before);
    const left = await app.database.asSystem((manager) =>
      manager.query<{ at: Date }[]>(`SELECT at FROM audit_entries WHERE action = 'thing.test' ORDER BY at`),
    );
    expect(left.map(({ at }) => at.getTime() > daysAgo(30).getTime())).toEqual([true, true]);
  });
});
