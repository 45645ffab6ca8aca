import { getQueueToken } from '@nestjs/bullmq';
import type { Queue } from 'bullmq';
import { ALL_SCOPES, newId } from '#kernel';
import { OrganizationPurger } from '#organizations';
import { MAINTENANCE_QUEUE } from '#platform/queue';
import { createTestApp, eventually, type ApiClient, type TestApp } from '#testing';
import { writeHistory } from '../executions/history-rows';

/** Kept for as long as the trail is. */
const STAYS = ['audit_entries'];

const TRIGGER = { name: 'Start', type: 'trigger.manual' };

function logo(): FormData {
  const form = new FormData();
  form.append('file', new Blob(['<svg xmlns="http://www.w3.org/2000/svg"/>']), 'logo.svg');
  return form;
}

describe('a deleted organization', () => {
  let app: TestApp;
  let admin: ApiClient;

  beforeAll(async () => {
    app = await createTestApp({ roles: ['api', 'worker'] });
    admin = app.api(await app.newToken(ALL_SCOPES));
    // Housekeeping removes some rows by itself.
    const queue = app.nest.get<Queue>(getQueueToken(MAINTENANCE_QUEUE), { strict: false });
    await queue.pause();
    await eventually(async () => (await queue.getActiveCount()) === 0);
  });

  afterAll(() => app.stop());

  const query = <T>(sql: string, parameters: unknown[] = []): Promise<T[]> =>
    app.database.asSystem((manager) => manager.query<T[]>(sql, parameters));

  /** Tables whose rows belong to organizations. */
  async function ownedTables(): Promise<string[]> {
    const tables = await query<{ name: string }>(
      `SELECT c.table_name AS name FROM information_schema.columns c JOIN pg_class t ON t.relname = c.table_name
       WHERE c.table_schema = 'public' AND c.column_name = 'organization_id' AND NOT t.relispartition ORDER BY 1`,
    );
    return tables.map(({ name }) => name).filter((name) => !STAYS.includes(name));
  }

  /** Tables by how many rows of the organization they have. */
  async function rowsOf(organizationId: string): Promise<Record<string, number>> {
    const counts: Record<string, number> = {};
    for (const name of await ownedTables()) {
      const [row] = await query<{ count: number }>(
        `SELECT count(*)::int AS count FROM ${name} WHERE organization_id = $1`,
        [organizationId],
      );
      if (row!.count > 0) counts[name] = row!.count;
    }
    return counts;
  }

  /** A run that has failed, one that rests, and everything else that runs and their triggers leave behind. */
  async function leaveHistory(organizationId: string): Promise<void> {
    await writeHistory(app.database, { organizationId, createdAt: new Date(), status: 'failed' });
    await writeHistory(app.database, { organizationId, createdAt: new Date(), open: true });
    await query(
      `INSERT INTO node_states (organization_id, pipeline_id, node_id, content, updated_at)
       VALUES ($1, $1, 'buffer', 'x', now())`,
      [organizationId],
    );
    await query(
      `INSERT INTO execution_keys (organization_id, key, execution_id, expires_at)
       VALUES ($1, 'once', $1, now() + interval '1 day')`,
      [organizationId],
    );
    await query(
      `INSERT INTO trigger_states (organization_id, pipeline_id, node_id, key, heard_at) VALUES ($1, $1, 'a', 'b', now())`,
      [organizationId],
    );
    await query(
      `INSERT INTO trigger_counts (organization_id, pipeline_id, node_id, fired, dropped) VALUES ($1, $1, 'a', 1, 0)`,
      [organizationId],
    );
    await query(
      `INSERT INTO history_sizes (organization_id, part, bytes, measured_at) VALUES ($1, 'executions_default', 1, now())`,
      [organizationId],
    );
  }

  /** A session of the embedded broker with everything it may hold, a retained message and a will. */
  async function leaveMqttState(organizationId: string): Promise<void> {
    const message = `INSERT INTO mqtt_messages (organization_id, id, topic, payload, qos) VALUES ($1, $1, 'a', '', 1)`;
    const rows = [
      `INSERT INTO mqtt_sessions (organization_id, id, client_id, expiry_seconds) VALUES ($1, $1, 'plc', 60)`,
      `INSERT INTO mqtt_subscriptions (organization_id, id, session_id, filter, qos, no_local, retain_as_published)
       VALUES ($1, $1, $1, '#', 1, false, false)`,
      message,
      `INSERT INTO mqtt_queued (organization_id, session_id, packet_id, message_id, qos, retain, released)
       VALUES ($1, $1, 1, $1, 1, false, false)`,
      `INSERT INTO mqtt_received (organization_id, session_id, packet_id) VALUES ($1, $1, 1)`,
      message.replace('mqtt_messages', 'mqtt_retained'),
      `INSERT INTO mqtt_wills (organization_id, id, client_id, topic, payload, qos, retain, credential)
       VALUES ($1, $1, 'plc', 'a', '', 1, false, '')`,
    ];
    for (const row of rows) await query(row, [organizationId]);
  }

  /** What a connection leaves behind that was in use. */
  async function leaveTraffic(organizationId: string, connectionId: string): Promise<void> {
    await query(
      `INSERT INTO connection_calls (id, organization_id, owner, request, deadline)
       VALUES ($1, $2, $2, 'x', now() + interval '1 day')`,
      [newId(), organizationId],
    );
    await query(
      `INSERT INTO connection_metrics (organization_id, connection_id, bucket, calls, errors, messages, dropped, bytes_in,
         bytes_out, durations) VALUES ($1, $2, now(), 1, 0, 0, 0, 0, 0, '{1}')`,
      [organizationId, connectionId],
    );
    await query(
      `INSERT INTO connection_state_changes (id, at, organization_id, connection_id, connection_name, from_state, to_state)
       VALUES ($1, now(), $2, $3, 'Connection', 'idle', 'connecting')`,
      [newId(), organizationId, connectionId],
    );
  }

  /** What those who listen live leave behind, and topics of which not every value is kept. */
  async function leaveValues(organizationId: string): Promise<void> {
    await query(`INSERT INTO uns_watches (organization_id, filter, until) VALUES ($1, '#', now() + interval '1 day')`, [
      organizationId,
    ]);
    await query(`INSERT INTO uns_feed (organization_id, lane, seq, topic, record) VALUES ($1, 0, 1, 'a', '{}')`, [
      organizationId,
    ]);
    await query(
      `INSERT INTO uns_latest (organization_id, topic_id, id, "timestamp", received_at, quality)
       SELECT organization_id, id, id, now(), now(), 0 FROM uns_topics WHERE organization_id = $1`,
      [organizationId],
    );
  }

  async function fill(name: string): Promise<string> {
    const { id } = (await admin.post('/organizations', { name })).body.data;
    const api = app.api(await app.newToken(ALL_SCOPES), id);
    const records = Array.from({ length: 300 }, (_, index) => ({ topic: `mHv1.0/a/${index % 120}`, value: index }));
    const named = await api.post('/engine/models', { name: 'Named', fields: [] });
    const folder = await api.post('/uns/dashboards/folders', { name: 'Folder' });
    const inside = { name: 'Inside', parentId: folder.body.data.id };
    const relation = { name: 'part', type: 'object', modelId: named.body.data.id };
    const answers = [
      await api.post('/uns/data/publish/batch', { records }),
      await api.post('/uns/data/publish', { topic: 'mHv1.0/b', value: 'text' }, { 'Idempotency-Key': 'once' }),
      await api.post('/engine/models', { name: 'Model', fields: [relation] }),
      await api.post('/connections', {
        name: 'Connection',
        protocol: 'rest',
        config: { baseUrl: 'http://127.0.0.1:9' },
        // One that is tried again and again would write while rows are counted.
        enabled: false,
      }),
      await api.post('/engine/pipelines', { name: 'Pipeline', enabled: true, nodes: [TRIGGER] }),
      await api.patch('/organizations/settings', { timeZone: 'Asia/Tokyo' }),
      await api.put(`/organizations/${id}/logo`, logo()),
      await api.post('/uns/dashboards/folders', inside),
      await api.post('/uns/dashboards', { name: 'Dashboard', folderId: folder.body.data.id }),
    ];
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 201, 201, 201, 200, 200, 201, 201]);
    const dashboard = answers.at(-1)!.body.data.id;
    expect((await api.get(`/uns/dashboards/${dashboard}/viewers`)).status).toBe(200);
    const exchanged = [
      await api.post('/dependencies/export', { entities: [{ type: 'model' }] }),
      await api.post('/dependencies/import/validate', { format: 'maestrohub', formatVersion: '1.0', items: [] }),
    ];
    expect(exchanged.map(({ status }) => status)).toEqual([201, 200]);
    const topic = await api.post('/uns/topics', { topic: 'mHv1.0/strict' });
    const rules = { mode: 'strict', min: 0 };
    const refused = [
      await api.put(`/uns/topics/${topic.body.data.id}/schema`, rules),
      await api.post('/uns/schema-bindings', { ...rules, name: 'Binding', filter: 'mHv1.0/bound/#' }),
      await api.post('/uns/data/publish', { topic: 'mHv1.0/strict', value: -1 }),
    ];
    expect(refused.map(({ status }) => status)).toEqual([200, 201, 400]);
    const connection = answers[3]!.body.data.id;
    // What is gone leaves a trace until its records are.
    const { id: topicId } = (await api.get('/uns/topics/by-path?topic=mHv1.0/b')).body.data;
    expect((await api.delete(`/uns/topics/${topicId}`)).status).toBe(204);
    const request = { name: 'Function', type: 'rest.get', config: { path: '/' } };
    expect((await api.post(`/connections/${connection}/functions`, request)).status).toBe(201);
    await leaveValues(id);
    await leaveHistory(id);
    await leaveMqttState(id);
    await leaveTraffic(id, connection as string);
    return id;
  }

  it('is removed with all of its rows and none of others', async () => {
    const [gone, stays] = [await fill('Gone'), await fill('Stays')];
    const before = await rowsOf(stays);
    // A new table has to be filled above, so that its rows are seen to go.
    expect(Object.keys(before)).toEqual(await ownedTables());
    expect((await admin.delete(`/organizations/${gone}?force=true`)).status).toBe(204);
    expect(Object.keys(await rowsOf(gone))).toEqual(Object.keys(before));

    const purger = app.nest.get(OrganizationPurger, { strict: false });
    await purger.run();
    // Not yet: what was under way may still write.
    expect(Object.keys(await rowsOf(gone))).toEqual(Object.keys(before));
    await purger.run(new Date());
    expect(await rowsOf(gone)).toEqual({});
    expect(await query('SELECT id FROM organizations WHERE id = $1', [gone])).toEqual([]);
    expect(await rowsOf(stays)).toEqual(before);
    const trail = await query(
      `SELECT 1 FROM audit_entries WHERE organization_id = $1 AND action = 'organization.delete'`,
      [gone],
    );
    expect(trail).toHaveLength(1);
  });
});
