import type { ClientSubscription } from 'node-opcua-client';
import { ConnectorError } from '../../calls/connector-error';
import type { Message, Subscriber, Subscription } from '../protocol';
import { withinDeadline } from '../support/deadline';
import { Inlet } from '../support/inlet';
import { chunks } from './chunks';
import { nameOf, type MonitorConfig, type MonitoredNode } from './opcua-config';
import { badStatus, failureOf } from './opcua-failure';
import type { OpcUaLink } from './opcua-link';
import { ATTRIBUTES } from './opcua-schemas';
import { isBad, timeOf, valueOf, type UaDataValue } from './opcua-values';

/** Nodes in one request: servers have limits of their own, and this is below those that are known. */
const AT_ONCE = 100;
/** Milliseconds without a report after which the server tells that it is there, about. */
const KEEP_ALIVE = 10_000;

/** Milliseconds in which the server has to take the nodes of one request. */
const LONGEST_ADD = 10_000;

/** Of the standard: timestamps to return, trigger and kind of a dead band. */
const BOTH_TIMES = 2;
const STATUS_OR_VALUE = 1;
const ABSOLUTE = 1;

/** Has the server report changes. @throws ConnectorError where no node can be monitored, with the status of the first */
export async function monitor(link: OpcUaLink, config: MonitorConfig, subscriber: Subscriber): Promise<Subscription> {
  const { publishingIntervalMs = 1_000 } = config;
  const keepAlive = Math.max(1, Math.round(KEEP_ALIVE / publishingIntervalMs));
  const subscription = await link.request((session) =>
    session.createSubscription2({
      requestedPublishingInterval: publishingIntervalMs,
      requestedMaxKeepAliveCount: keepAlive,
      requestedLifetimeCount: keepAlive * 6,
      maxNotificationsPerPublish: 1_000,
      publishingEnabled: true,
      priority: 0,
    }),
  );
  const inlet = new Inlet(subscriber);
  let open = true;
  const close = async (): Promise<void> => {
    open = false;
    inlet.close();
    await subscription.terminate().catch(() => undefined);
  };
  const lose = (): void => {
    if (open) link.end('the server ended the subscription');
  };
  subscription.on('terminated', lose).on('internal_error', lose);
  try {
    const statuses: string[] = [];
    for (const nodes of alike(config)) statuses.push(...(await add(link, subscription, nodes, inlet)));
    if (statuses.length === config.nodes.length) throw badStatus(statuses[0]!, link.where);
  } catch (error) {
    await close();
    throw error instanceof ConnectorError ? error : failureOf(error, link.where);
  }
  return { close };
}

type Sampling = Required<Pick<MonitorConfig, 'samplingIntervalMs' | 'queueSize' | 'deadBand'>>;

interface Alike {
  sampling: Sampling;
  nodes: MonitoredNode[];
}

/** The nodes by how they are sampled, as many as go into one request. */
export function alike({ nodes, samplingIntervalMs = 500, queueSize = 10, deadBand = 0 }: MonitorConfig): Alike[] {
  const samplingOf = (node: MonitoredNode): Sampling => ({
    samplingIntervalMs: node.samplingIntervalMs ?? samplingIntervalMs,
    queueSize: node.queueSize ?? queueSize,
    deadBand: node.deadBand ?? deadBand,
  });
  const groups = Map.groupBy(nodes, (node) => JSON.stringify(samplingOf(node)));
  return [...groups.values()].flatMap((group) =>
    chunks(group, AT_ONCE).map((chunk) => ({ sampling: samplingOf(group[0]!), nodes: chunk })),
  );
}

/** Gives the statuses of those that cannot be monitored; a message tells of each, as of any value that is bad. */
async function add(link: OpcUaLink, subscription: ClientSubscription, wanted: Alike, inlet: Inlet): Promise<string[]> {
  const { nodes, sampling } = wanted;
  const ids = await Promise.all(nodes.map(({ nodeId }) => link.nodeId(nodeId)));
  const group = link.library.ClientMonitoredItemGroup.create(
    subscription,
    ids.map((nodeId) => ({ nodeId, attributeId: ATTRIBUTES.Value })),
    parametersOf(sampling, link),
    BOTH_TIMES,
  );
  group.on('changed', (_item, value, index) => inlet.push(messageOf(nodes[index]!, value)));
  const made = Promise.withResolvers<void>();
  group.on('initialized', () => made.resolve());
  group.on('err', (message) => made.reject(new Error(message)));
  await withinDeadline({ timeoutMs: LONGEST_ADD, where: link.where }, () => made.promise);
  const failed = group.monitoredItems.flatMap(({ statusCode }, index) =>
    isBad(statusCode) ? [{ statusCode, node: nodes[index]! }] : [],
  );
  for (const { statusCode, node } of failed) inlet.push(messageOf(node, { statusCode }));
  return failed.map(({ statusCode }) => statusCode.name);
}

function parametersOf({ samplingIntervalMs, queueSize, deadBand }: Sampling, { library }: OpcUaLink) {
  const filter =
    deadBand > 0 &&
    new library.DataChangeFilter({ trigger: STATUS_OR_VALUE, deadbandType: ABSOLUTE, deadbandValue: deadBand });
  return { samplingInterval: samplingIntervalMs, queueSize, discardOldest: true, ...(filter && { filter }) };
}

function messageOf(node: MonitoredNode, value: UaDataValue): Message {
  const { statusCode, sourceTimestamp, serverTimestamp } = value;
  return {
    key: nameOf(node),
    payload: valueOf(value),
    more: {
      nodeId: node.nodeId,
      status: statusCode.name,
      sourceTimestamp: timeOf(sourceTimestamp),
      serverTimestamp: timeOf(serverTimestamp),
    },
  };
}
