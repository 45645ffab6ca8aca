import { ApiError, type Api } from './api.ts';
import type { ConnectionPlan, FunctionPlan } from './connections.ts';
import { DASHBOARD } from './dashboard.ts';
import { EVENTS_TOPIC, SIGNALS } from './namespace.ts';
import { pipelinesWith, type PipelinePlan } from './pipelines.ts';

interface Named {
  id: string;
  name: string;
}

interface Connection extends Named {
  config: object;
}

/** Secrets come back like this. */
const MASK = '********';

/**
 * Makes what is not there yet, by name; what is there stays as it is, with what visitors have changed of it. Only the addresses
 * of connections follow the plant. Gives the connections.
 */
export async function setUp(api: Api, plans: readonly ConnectionPlan[]): Promise<Named[]> {
  await describe(api, EVENTS_TOPIC, 'What pipelines did, and why');
  await Promise.all(SIGNALS.map(({ topic, title, unit }) => describe(api, topic, unit ? `${title}, ${unit}` : title)));

  const functions = new Map<string, { connectionId: string; functionId: string }>();
  const connections = await Promise.all(
    plans.map(async (plan) => {
      const connection = await ensureConnection(api, plan);
      for (const wanted of plan.functions) {
        const { id } = await ensureFunction(api, connection.id, wanted);
        functions.set(`${plan.name}/${wanted.name}`, { connectionId: connection.id, functionId: id });
      }
      return connection;
    }),
  );
  const idsOf = (connection: string, name: string) => {
    const ids = functions.get(`${connection}/${name}`);
    if (!ids) throw new Error(`no function ${name} of ${connection}`);
    return ids;
  };
  await Promise.all(pipelinesWith(idsOf).map((plan) => ensurePipeline(api, plan)));
  await ensureDashboard(api);
  return connections;
}

async function describe(api: Api, topic: string, description: string): Promise<void> {
  try {
    await api.post('/uns/topics', { topic, description });
  } catch (error) {
    if (!(error instanceof ApiError) || error.status !== 409) throw error;
  }
}

async function ensureConnection(api: Api, plan: ConnectionPlan): Promise<Connection> {
  const { name, description, protocol, config } = plan;
  const found = await api.find<Connection>('/connections', name);
  if (!found) return api.post('/connections', { name, description, protocol, config });
  return isLike(found.config, config) ? found : api.patch(`/connections/${found.id}`, { config });
}

/** Whether a config as it is shown is the wanted one, as far as can be seen. */
function isLike(shown: unknown, wanted: unknown): boolean {
  if (shown === MASK) return true;
  if (!isObject(shown) || !isObject(wanted)) return shown === wanted;
  return Object.entries(wanted).every(([key, value]) => isLike(shown[key], value));
}

const isObject = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null;

async function ensureFunction(api: Api, connectionId: string, wanted: FunctionPlan): Promise<Named> {
  const path = `/connections/${connectionId}/functions`;
  return (await api.find<Named>(path, wanted.name)) ?? api.post(path, wanted);
}

async function ensurePipeline(api: Api, { name, description, nodes, edges }: PipelinePlan): Promise<void> {
  if (await api.find<Named>('/engine/pipelines', name)) return;
  await api.post('/engine/pipelines', {
    name,
    description,
    enabled: true,
    historyDetail: 'full',
    retentionDays: 1,
    nodes: nodes.map((node, index) => ({ ...node, id: idOf(node.name), position: { x: 220 * index, y: 0 } })),
    edges: edges.map(edgeOf),
  });
}

async function ensureDashboard(api: Api): Promise<void> {
  if (await api.find<Named>('/uns/dashboards', DASHBOARD.name)) return;
  await api.post('/uns/dashboards', DASHBOARD);
}

const idOf = (name: string): string => name.toLowerCase().replaceAll(/[^a-z0-9]+/g, '-');

function edgeOf(text: string) {
  const [from, to] = text.split(' > ') as [string, string];
  const [source, sourcePort = 'out'] = from.split('.') as [string, string?];
  return { id: idOf(text), source: idOf(source), sourcePort, target: idOf(to), targetPort: 'in' };
}
