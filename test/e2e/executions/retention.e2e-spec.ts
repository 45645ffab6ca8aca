import { getQueueToken } from '@nestjs/bullmq';
import type { Queue } from 'bullmq';
import { ALL_SCOPES } from '#kernel';
import { asOwner, ensureTimePartitions } from '#platform/database';
import { MAINTENANCE_QUEUE, MaintenanceTasks } from '#platform/queue';
import { createTestApp, eventually, type ApiClient, type TestApp } from '#testing';
import { writeHistory, type HistoryRow } from './history-rows';
import { create, MANUAL, pipelineOf, run } from './pipelines';

const DAY_MS = 86_400_000;

describe('retention of history', () => {
  let app: TestApp;
  let api: ApiClient;

  beforeAll(async () => {
    app = await createTestApp({ roles: ['api', 'worker'] });
    api = app.api(await app.newToken(ALL_SCOPES));
    // All tasks are due when the worker starts, and now and then: from here on they run when the test says so.
    const queue = app.nest.get<Queue>(getQueueToken(MAINTENANCE_QUEUE), { strict: false });
    await queue.pause();
    await eventually(async () => (await queue.getActiveCount()) === 0);
    // Days of two months ago, as a platform has them that ran then.
    await asOwner(app.config, async (owner) => {
      for (const table of ['executions', 'execution_nodes']) {
        await ensureTimePartitions({ table, column: 'created_at', every: 'day', behind: 45, ahead: 2 })(owner);
      }
    });
  });

  afterAll(() => app.stop());

  const query = <T>(sql: string, parameters: unknown[] = []): Promise<T[]> =>
    app.database.asSystem((manager) => manager.query<T[]>(sql, parameters));

  /** Noon of a day so long ago. */
  const daysAgo = (days: number): Date => new Date(Math.floor(Date.now() / DAY_MS - days) * DAY_MS + DAY_MS / 2);

  const write = (row: Partial<HistoryRow> & { createdAt: Date }): Promise<string> =>
    writeHistory(app.database, { organizationId: app.organizationId, ...row });

  const there = async (ids: readonly string[]): Promise<boolean[]> => {
    const rows = await query<{ id: string }>('SELECT id FROM executions WHERE id = ANY ($1)', [ids]);
    return ids.map((id) => rows.some((row) => row.id === id));
  };

  const partitionOf = (table: string, time: Date): string =>
    `${table}_${time.toISOString().slice(0, 10).replaceAll('-', '')}`;

  const exists = async (name: string): Promise<boolean> =>
    (await query<{ found: boolean }>('SELECT to_regclass($1) IS NOT NULL AS found', [name]))[0]!.found;

  const maintain = (name: string): Promise<void> => app.nest.get(MaintenanceTasks).run(name);

  it('drops whole days, but none with a run under way or one that such a run has called', async () => {
    const days = [42, 41, 40, 39, 38].map(daysAgo);
    const [gone, live, between, called, alsoGone] = days as [Date, Date, Date, Date, Date];
    const open = await write({ createdAt: live, open: true });
    const beside = await write({ createdAt: live });
    const child = await write({ createdAt: called, parentId: open });
    const old = await Promise.all([gone, between, alsoGone].map((createdAt) => write({ createdAt })));
    await maintain('executions.retention');
    expect(await there([open, beside, child, ...old])).toEqual([true, true, true, false, false, false]);
    const left = await Promise.all(days.map((day) => exists(partitionOf('executions', day))));
    expect(left).toEqual([false, true, false, true, false]);
    const nodesLeft = await Promise.all(days.map((day) => exists(partitionOf('execution_nodes', day))));
    expect(nodesLeft).toEqual([false, true, false, true, false]);

    // Once it has ended they go, too.
    await query(`UPDATE executions SET status = 'completed', finished_at = now() WHERE id = $1`, [open]);
    await query('DELETE FROM open_executions WHERE id = $1', [open]);
    await maintain('executions.retention');
    expect(await there([open, beside, child])).toEqual([false, false, false]);
  });

  it('keeps what is older in no partition as long as it is under way', async () => {
    const [open, old] = [await write({ createdAt: daysAgo(60), open: true }), await write({ createdAt: daysAgo(61) })];
    await maintain('executions.retention');
    expect(await there([open])).toEqual([true]);
    await query('DELETE FROM open_executions WHERE id = $1', [open]);
    await maintain('executions.retention');
    expect(await there([open, old])).toEqual([false, false]);
  });

  it('removes one by one what an organization or a pipeline wants kept for less', async () => {
    const brief = await app.newOrganization();
    await query(`UPDATE organizations SET settings = '{"retention.executionsDays": 10}' WHERE id = $1`, [brief]);
    const settings = { retentionDays: 3 };
    const made = await api.post('/engine/pipelines', pipelineOf([MANUAL], undefined, settings));
    const pipelineId = made.body.data.id as string;
    const parent = await write({ organizationId: brief, createdAt: daysAgo(13), open: true });
    const kept = [
      parent,
      await write({ organizationId: brief, createdAt: daysAgo(12), parentId: parent }),
      await write({ organizationId: brief, createdAt: daysAgo(9) }),
      await write({ createdAt: daysAgo(12) }),
      await write({ createdAt: daysAgo(2), pipelineId }),
    ];
    const gone = [
      await write({ organizationId: brief, createdAt: daysAgo(12) }),
      await write({ createdAt: daysAgo(5), pipelineId }),
    ];
    await maintain('executions.retention');
    expect([await there(kept), await there(gone)]).toEqual([kept.map(() => true), gone.map(() => false)]);
    for (const table of ['execution_nodes', 'execution_checkpoints']) {
      const rows = await query<{ id: string }>(
        `SELECT execution_id AS id FROM ${table} WHERE execution_id = ANY ($1)`,
        [[...kept, ...gone]],
      );
      expect(rows.map(({ id }) => id).sort()).toEqual([...kept].sort());
    }
  });

  it('removes what a retry needs seven days after the end, and keys that are over', async () => {
    const write7 = (days: number, more: Partial<HistoryRow> = {}) =>
      write({ createdAt: daysAgo(days), status: 'failed', input: 100_000, ...more });
    const over = await write7(9);
    const small = await write7(9, { input: 1_000 });
    const endedLate = await write7(9, { finishedAt: daysAgo(3) });
    const recent = await write7(3);
    const open = await write({ createdAt: daysAgo(9), open: true });
    await query('DELETE FROM executions WHERE id = $1', [small]);
    await query(
      `INSERT INTO execution_keys (organization_id, key, execution_id, expires_at)
       VALUES ($1, 'over', $2, now() - interval '1 minute'), ($1, 'valid', $2, now() + interval '1 minute')`,
      [app.organizationId, recent],
    );
    await maintain('executions.leftovers');
    const ids = [over, small, endedLate, recent, open];
    const results = await query<{ id: string }>(
      'SELECT execution_id AS id FROM execution_checkpoints WHERE execution_id = ANY ($1)',
      [ids],
    );
    expect(results.map(({ id }) => id).sort()).toEqual([endedLate, recent, open].sort());
    const inputs = await query<{ id: string }>('SELECT id FROM executions WHERE id = ANY ($1) AND input IS NULL', [
      ids,
    ]);
    expect(inputs).toEqual([{ id: over }]);
    expect(await query(`SELECT key FROM execution_keys WHERE key IN ('over', 'valid')`)).toEqual([{ key: 'valid' }]);
  });

  it('removes what nodes have kept that are in no pipeline any more', async () => {
    const buffer = { name: 'Buffer', type: 'transform.buffer', parameters: { maxCount: 5 } };
    const [stays, changed, deleted] = await Promise.all([1, 2, 3].map(() => create(api, pipelineOf([MANUAL, buffer]))));
    for (const id of [stays!, changed!, deleted!]) await run(api, id, 1);
    const edge = (await api.get(`/engine/pipelines/${changed}/edges`)).body.data[0].id as string;
    await api.delete(`/engine/pipelines/${changed}/edges/${edge}`);
    expect((await api.delete(`/engine/pipelines/${changed}/nodes/buffer`)).status).toBe(204);
    expect((await api.delete(`/engine/pipelines/${deleted}`)).status).toBe(204);
    await maintain('executions.states');
    expect(await query('SELECT pipeline_id FROM node_states')).toEqual([{ pipeline_id: stays }]);
  });

  describe('by size', () => {
    it('keeps the status alone of new runs beyond the budget, until there is room again', async () => {
      const organizationId = await app.newOrganization();
      const token = await app.newToken(ALL_SCOPES);
      const own = app.api(token, organizationId);
      await own.patch('/organizations/settings', { executions: { maxHistoryMegabytes: 1 } });
      const id = await create(
        own,
        pipelineOf([MANUAL, { name: 'Say', type: 'code.javascript', parameters: { code: '1' } }]),
      );
      const nodesAndNotes = async () => {
        const { id: executionId, notes } = await run(own, id, 'x');
        const { data } = (await own.get(`/engine/executions/${executionId}/nodes`)).body;
        return { nodes: data.length as number, notes };
      };
      expect(await nodesAndNotes()).toEqual({ nodes: 2, notes: null });

      const ids: string[] = [];
      for (let count = 0; count < 30; count++) {
        ids.push(await write({ organizationId, createdAt: new Date(Date.now() - count), input: 1 }));
      }
      // Random, so that it is stored as long as it is.
      await query(
        `UPDATE executions SET input = (SELECT string_agg(sha256((id::text || n)::bytea), '') FROM generate_series(1, 2000) n)
         WHERE id = ANY ($1)`,
        [ids],
      );
      await maintain('executions.sizes');
      const [{ bytes }] = (await query<{ bytes: number }>(
        'SELECT sum(bytes)::float8 AS bytes FROM history_sizes WHERE organization_id = $1',
        [organizationId],
      )) as [{ bytes: number }];
      expect(bytes / (30 * 64_000)).toBeGreaterThan(0.95);
      expect(bytes / (30 * 64_000)).toBeLessThan(1.1);
      await eventually(async () => (await nodesAndNotes()).nodes === 0, { interval: 200 });
      expect(await nodesAndNotes()).toEqual({ nodes: 0, notes: { overBudget: true } });

      await query('DELETE FROM executions WHERE id = ANY ($1)', [ids]);
      await maintain('executions.sizes');
      await eventually(async () => (await nodesAndNotes()).nodes === 2, { interval: 200 });
    });
  });
});
