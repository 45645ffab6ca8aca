import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { newId } from '#kernel';
import { asOwner, ensureTimePartitions } from '#platform/database';
import { createTestApp, type TestApp } from '#testing';
import { writeHistory, type HistoryRow } from './history-rows';

const DAY_MS = 86_400_000;
const PURGE = join(__dirname, '../../../dist/apps/worker/src/purge.js');

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

  const write = (days: number, row: Partial<HistoryRow> = {}): Promise<string> =>
    writeHistory(app.database, { organizationId: app.organizationId, createdAt: daysAgo(days), ...row });

  const there = async (ids: readonly string[]): Promise<string[]> => {
    const rows = await query<{ id: string }>('SELECT id FROM executions WHERE id = ANY ($1)', [ids]);
    return ids.filter((id) => rows.some((row) => row.id === id));
  };

  /** With nothing in its environment but what it needs. */
  async function purge(...options: string[]): Promise<{ code: number | null; output: string }> {
    const env = {
      PATH: process.env['PATH'],
      DATABASE_URL: app.config.database.url,
      HUB_SECRET_KEY: app.config.secretKey,
    };
    const child = spawn(process.execPath, [PURGE, ...options], { env });
    let output = '';
    for (const stream of [child.stdout, child.stderr])
      stream.on('data', (chunk: Buffer) => (output += chunk.toString()));
    const code = await new Promise<number | null>((resolve) => child.once('close', resolve));
    return { code, output };
  }

  it('removes what is old, and nothing that is under way', async () => {
    const open = await write(10, { open: true });
    const kept = [open, await write(10, { parentId: open }), await write(3)];
    // One on a day that can be dropped, one beside the run under way, many on a day that is old in part.
    const gone = [
      await write(8),
      await write(10),
      ...(await Promise.all(Array.from({ length: 250 }, () => write(5.1)))),
    ];

    const asked = await purge('--older-than', '5d', '--dry-run');
    expect(asked).toEqual({ code: 0, output: expect.stringMatching(/^would remove 252 executions from before/) });
    expect(await there([...kept, ...gone])).toHaveLength(kept.length + gone.length);

    const { code, output } = await purge('--older-than', '5d');
    expect(code).toBe(0);
    expect(output).toMatch(/dropped executions_\d{8}/);
    expect(output).toMatch(/done: removed 25\d executions/);
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
    expect(await purge()).toEqual({ code: 1, output: expect.stringContaining('--older-than is required') });
    const nobody = newId();
    expect(await purge('--older-than', '1d', '--organization', nobody)).toEqual({
      code: 1,
      output: `no organization ${nobody}\n`,
    });
    expect(await purge('--help')).toEqual({ code: 0, output: expect.stringContaining('Usage:') });
  });
});
