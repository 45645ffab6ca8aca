import { newId } from '#kernel';
import { asOwner, ensureTimePartitions } from '#platform/database';
import { createTestApp, type TestApp } from '#testing';
import { databaseOf, runCli, type CliResult } from '../cli/run-cli';
import { writeHistory, type HistoryRow } from './history-rows';

const DAY_MS = 86_400_000;

describe('the purge of the command line', () => {
  let app: TestApp;

  beforeAll(async () => {
    app = await createTestApp();
    await asOwner(app.config, async (owner) => {
      for (const table of ['executions', 'execution_nodes']) {
        await ensureTimePartitions({ table, column: 'created_at', every: 'day', behind: 12, ahead: 2 })(owner);
      }
    });
  });

  afterAll(() => app.stop());

  const query = <T>(sql: string, parameters: unknown[] = []): Promise<T[]> =>
    app.database.asSystem((manager) => manager.query<T[]>(sql, parameters));

  const daysAgo = (days: number): Date => new Date(Date.now() - days * DAY_MS);

  /** Half way from the midnight before that moment, in UTC: on the same day at whatever time this runs. */
  const earlierThatDay = (days: number): number => days + (Date.now() % DAY_MS) / 2 / DAY_MS;

  const write = (days: number, row: Partial<HistoryRow> = {}): Promise<string> =>
    writeHistory(app.database, { organizationId: app.organizationId, createdAt: daysAgo(days), ...row });

  const there = async (ids: readonly string[]): Promise<string[]> => {
    const rows = await query<{ id: string }>('SELECT id FROM executions WHERE id = ANY ($1)', [ids]);
    return ids.filter((id) => rows.some((row) => row.id === id));
  };

  const purge = (...options: string[]): Promise<CliResult> => runCli(['purge', ...options], databaseOf(app));

  it('removes what is old, and nothing that is under way', async () => {
    const open = await write(10, { open: true });
    const kept = [open, await write(10, { parentId: open }), await write(3)];
    // One on a day that can be dropped, one beside the run under way, many on a day that is old in part.
    const gone = [
      await write(8),
      await write(10),
      ...(await Promise.all(Array.from({ length: 250 }, () => write(earlierThatDay(5))))),
    ];

    const asked = await purge('--older-than', '5d', '--dry-run');
    expect(asked).toEqual({ code: 0, output: expect.stringMatching(/^would remove 252 executions from before/) });
    expect(await there([...kept, ...gone])).toHaveLength(kept.length + gone.length);

    const { code, output } = await purge('--older-than', '5d');
    expect(code).toBe(0);
    expect(output).toMatch(/dropped executions_\d{8}/);
    // How many lie on days that are dropped depends on the hour.
    expect(output).toMatch(/done: removed \d+ executions/);
    expect(await there([...kept, ...gone])).toEqual(kept);
    const nodes = await query<{ id: string }>('SELECT execution_id AS id FROM execution_nodes');
    expect(nodes.map(({ id }) => id).sort()).toEqual([...kept].sort());
  });

  it('can be of one organization or one pipeline', async () => {
    const [organizationId, pipelineId] = [await app.newOrganization(), newId()];
    const [own, both, other] = [
      await write(10, { organizationId }),
      await write(10, { organizationId, pipelineId }),
      await write(10, { pipelineId }),
    ];
    await purge('--older-than', '5d', '--organization', organizationId, '--pipeline', pipelineId);
    expect(await there([own, both, other])).toEqual([own, other]);
    await purge('--older-than', '5d', '--pipeline', pipelineId);
    expect(await there([own, other])).toEqual([own]);
    const { output } = await purge('--older-than', '5d', '--organization', organizationId);
    expect(output).toContain(`organization ${organizationId}: 1 executions removed`);
    expect(await there([own])).toEqual([]);
  });

  it('says what is wrong', async () => {
    expect(await purge()).toEqual({ code: 1, output: expect.stringContaining("'--older-than <age>' not specified") });
    const nobody = newId();
    expect(await purge('--older-than', '1d', '--organization', nobody)).toEqual({
      code: 1,
      output: `maestrohub: no organization ${nobody}\n`,
    });
    expect(await purge('--help')).toEqual({ code: 0, output: expect.stringContaining('Usage:') });
  });
});
