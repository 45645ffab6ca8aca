import { idTime, newId } from '#kernel';
import { eventually, type TestApp } from '#testing';
import type { Caller } from './caller';

/*
 * What the OpenAPI document cannot tell. Everything else is made from it: a thing of `/things/:id` by POST /things, with
 * a body of examples. An entry here needs a reason that no example or format could take away.
 */

export interface Making {
  app: TestApp;
  /** For whom it is made. */
  caller: Caller;
  /** The organization it is made in. */
  organizationId: string;
}

async function newPlan({ app, caller, organizationId }: Making): Promise<string> {
  const file = { format: 'maestrohub', formatVersion: '1.0', items: [] };
  const { body } = await app.api(caller.token, organizationId).post('/dependencies/import/validate', file);
  return body.data.planId as string;
}

/** Collections (without the prefix) whose things are not made by a POST to them: gives the id of a new one. */
export const MAKERS: Readonly<Record<string, (making: Making) => Promise<string>>> = {
  // The organization of the path is the one that the call is about; making another would leave its rights behind.
  '/organizations': ({ organizationId }) => Promise.resolve(organizationId),
  // Every change leaves a version; the first is that of making it.
  '/engine/models/:id/versions': () => Promise.resolve('1'),
  // What connections can speak comes with the product.
  '/connections/protocols': () => Promise.resolve('rest'),
  '/engine/pipelines/:id/versions': () => Promise.resolve('1'),
  // The types that the product has are made by nobody.
  '/engine/nodes': () => Promise.resolve('trigger.manual'),
  // Executing a pipeline answers before anything of it is there to look at; its nodes are run by a worker.
  '/engine/executions': async ({ app, caller, organizationId }) => {
    const api = app.api(caller.token, organizationId);
    const nodes = [{ id: 'start', name: 'Start', type: 'trigger.manual' }];
    const pipeline = await api.post('/engine/pipelines', { name: newId(), nodes });
    const begun = await api.post(`/engine/pipelines/${pipeline.body.data.id}/execute`, {});
    const id = begun.body.data.executionId as string;
    // It is given to the queue in the background.
    await eventually(async () => {
      const [row] = await app.database.asSystem((manager) =>
        manager.query<{ state: string }[]>('SELECT state FROM open_executions WHERE id = $1', [id]),
      );
      return row?.state === 'dispatched';
    });
    await app.database.asSystem((manager) =>
      manager.query(
        `INSERT INTO execution_nodes (organization_id, execution_id, created_at, node_id, iteration, status, attempts,
           reused, started_at, duration_ms, ports)
         VALUES ($1, $2, $3, 'start', '', 'completed', 1, false, now(), 0, '{out}')`,
        [organizationId, id, idTime(id)],
      ),
    );
    return id;
  },
  '/engine/executions/:id/nodes': () => Promise.resolve('start'),
  // A key is made by rotating, which answers with it; at once, because only one may wait for its turn.
  '/admin/signing-keys': async ({ app, caller }) => {
    const rotated = await app.api(caller.token).post('/admin/signing-keys/rotate', { immediately: true });
    return rotated.body.data.kid as string;
  },
  // What is in quarantine was refused: no call that succeeds makes it.
  '/uns/quarantine': async ({ app, caller, organizationId }) => {
    const api = app.api(caller.token, organizationId);
    const topic = `mHv1.0/quarantine/${newId()}`;
    const { id } = (await api.post('/uns/topics', { topic })).body.data;
    await api.put(`/uns/topics/${id}/schema`, { mode: 'strict', min: 0 });
    const refused = await api.post('/uns/data/publish', { topic, value: 'none' });
    return refused.body.details[0].id as string;
  },
  // Types of entities come with the product, and entities are made where they belong: a model stands for all of them.
  '/dependencies/graph': () => Promise.resolve('model'),
  '/dependencies/graph/:type': async ({ app, caller, organizationId }) => {
    const api = app.api(caller.token, organizationId);
    const model = await api.post('/engine/models', { name: newId(), fields: [{ name: 'value', type: 'number' }] });
    return model.body.data.id as string;
  },
  // An import is a plan at first, which answers with the id that it will have; undone can only be what was executed.
  '/dependencies/import': async (making) => {
    const planId = await newPlan(making);
    await making.app.api(making.caller.token, making.organizationId).post('/dependencies/import/execute', { planId });
    return planId;
  },
  '/dependencies/import/validate': newPlan,
  // A session is made by signing in, which answers with a token in place of an address.
  '/auth/sessions': async ({ app, caller }) => {
    const token = await app.signIn(caller.user);
    return (await app.api(token).get('/auth/me')).body.data.credential.id as string;
  },
};

/** Fields that name a thing by its id and are not called after its collection (`folderId` → `…/folders` needs no entry). */
export const COLLECTIONS: Readonly<Record<string, string>> = {
  // The user as whom a client acts: its part in the client, not a collection of its own.
  serviceUserId: '/admin/users',
  // A plan is what comes of looking at a file.
  planId: '/dependencies/import/validate',
};

/** Queries that name a thing by something other than an id: the collection, and the field of its things. */
export const NAMES: Readonly<Record<string, { collection: string; field: string }>> = {
  // Topics are read by their path; in bodies it is made on the way, so this is for queries alone.
  topic: { collection: '/uns/topics', field: 'topic' },
};

/** What a body needs beyond its required fields: `undefined` leaves the value to the schema. */
export const FIELDS: Readonly<Record<string, Readonly<Record<string, unknown>>>> = {
  // Somebody is named by one of two fields, which no schema of ours can say.
  'POST /organizations/:id/members': { userId: undefined },
  // A pipeline may begin empty, but can be enabled only when something starts it.
  'POST /engine/pipelines': {
    nodes: [
      { id: 'start', name: 'Start', type: 'trigger.manual' },
      { id: 'again', name: 'Again', type: 'trigger.manual' },
      { id: 'stop', name: 'Stop', type: 'flow.stop' },
    ],
    edges: [{ source: 'start', target: 'stop' }],
  },
  // At least one of several fields says what values have to be, which no schema of ours can say.
  'PUT /uns/topics/:id/schema': { min: undefined },
  'POST /uns/schema-bindings': { min: undefined },
  // Values are named by one of two fields.
  'POST /uns/quarantine/discard': { topic: undefined },
  'POST /uns/quarantine/resubmit': { topic: undefined },
  // An edge joins two nodes of its own pipeline, which has them by the entry above.
  'POST /engine/pipelines/:id/edges': { source: 'again', target: 'stop' },
  // What was cancelled, by the entry below, can be run from its start alone.
  'POST /engine/executions/:id/retry': { from: 'start' },
  // An enabled one is asked for its discovery document, and no example is there to answer.
  'POST /admin/identity-providers': { enabled: false },
  // It is connected to by calls that follow: nobody listens there, which is told at once.
  'POST /connections': { config: { baseUrl: 'http://127.0.0.1:9' } },
};

/** How a body names a thing by a field deep in it, where its example shows something else: the field at the top, with the id. */
export const NAMED_WITHIN: Readonly<Record<string, Readonly<Record<string, (id: string) => unknown>>>> = {
  // Fields hold fields without end, and only those that are objects may name a model.
  'POST /engine/models': { fields: (modelId) => [{ name: 'part', type: 'object', modelId }] },
  'PUT /engine/models/:id': { fields: (modelId) => [{ name: 'part', type: 'object', modelId }] },
};

/** What has to be done first, as the replacement of an address by another: without it there is nothing to do. */
export const FIRST: readonly (readonly [call: RegExp, first: string])[] = [
  // Pipelines begin disabled, other things enabled.
  [/^POST (\/engine\/pipelines\/[^/]+)\/disable$/, 'POST $1/enable'],
  // What has not ended cannot be retried.
  [/^POST (\/engine\/executions\/[^/]+)\/retry$/, 'POST $1/cancel'],
  // These take back what another action did.
  [/^POST (.*)\/activate$/, 'POST $1/suspend'],
  [/^POST (.*)\/enable$/, 'POST $1/disable'],
  [/^POST (.*)\/restore$/, 'DELETE $1'],
  // Whoever deletes an organization has shut it before.
  [/^DELETE (\/organizations\/[^/]+)$/, 'POST $1/suspend'],
];
