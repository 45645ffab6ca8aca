import type { BrokerPlan } from '#platform/mqtt';
import { addressOf } from '#platform/mqtt';
import type { BrokerView, PreviousBrokerView } from './dto/broker.dto';
import type { ProcessReport, TenantReport } from './process-report';

export type OverallState = 'connected' | 'connecting' | 'switching' | 'stopped';

/**
 * `switching` while a process still uses another broker than the chosen one, `connecting` while one does not reach it,
 * `stopped` where none takes data in.
 */
export function stateOf(processes: readonly ProcessReport[], chosen: number): OverallState {
  if (processes.some(({ broker }) => broker.number !== chosen)) return 'switching';
  const receiving = processes.filter(({ broker }) => broker.receives);
  if (receiving.length === 0) return 'stopped';
  return receiving.every(({ broker }) => broker.state === 'connected') ? 'connected' : 'connecting';
}

/** Of the whole instance, for its administrators. */
export function instanceOverview(processes: readonly ProcessReport[], plan: BrokerPlan): BrokerView {
  return {
    of: 'instance',
    ...common(processes, plan),
    ...sumOf(processes.map(({ broker }) => broker)),
    processes: processes.map(({ id, host, pid, roles, startedAt, broker }) => {
      const { mode, address, state, lag, messagesIn, messagesOut, inPerSecond, outPerSecond, problem } = broker;
      const figures = { mode, address, state, lag, messagesIn, messagesOut, inPerSecond, outPerSecond, problem };
      return { id, host, pid, roles: [...roles], startedAt: new Date(startedAt), ...figures };
    }),
  };
}

/** What an organization may know: how the broker does, and its own messages. */
export function organizationOverview(
  processes: readonly ProcessReport[],
  plan: BrokerPlan,
  organizationId: string,
): BrokerView {
  const quiet: TenantReport = {
    clients: common(processes, plan).mode === 'embedded' ? 0 : null,
    ...{ messagesIn: 0, messagesOut: 0, inPerSecond: 0, outPerSecond: 0, lag: 0, lastMessageAt: null },
  };
  const own = processes.map(({ organizations }) => organizations[organizationId] ?? quiet);
  return { of: 'organization', ...common(processes, plan), ...sumOf(own) };
}

function common(processes: readonly ProcessReport[], plan: BrokerPlan) {
  const { number, broker } = plan.current;
  const using = processes.map((process) => process.broker).filter((status) => status.number === number);
  const serving = using.find(({ receives }) => receives) ?? using[0];
  return {
    mode: broker.kind,
    address: broker.kind === 'outside' ? addressOf(broker) : (serving?.address ?? null),
    state: stateOf(processes, number),
    uptimeSeconds: Math.max(0, ...using.map(({ uptimeSeconds }) => uptimeSeconds)),
    previous: previousOf(processes, plan),
  };
}

/** Those of the plan, as the processes that listen to them know them. */
function previousOf(processes: readonly ProcessReport[], { previous }: BrokerPlan): PreviousBrokerView[] {
  return previous.map(({ broker }) => {
    const address = addressOf(broker);
    const seen = processes.flatMap((process) => process.broker.previous).filter((one) => one.address === address);
    return {
      address,
      state: seen.some(({ state }) => state === 'connected') ? 'connected' : 'connecting',
      lastMessageAt: latest(seen.map(({ lastMessageAt }) => lastMessageAt)),
    };
  });
}

function sumOf(figures: readonly TenantReport[]) {
  const sum = (name: 'messagesIn' | 'messagesOut' | 'inPerSecond' | 'outPerSecond' | 'lag'): number =>
    figures.reduce((total, one) => total + one[name], 0);
  const counted = figures.filter(({ clients }) => clients !== null);
  return {
    clients: counted.length === 0 ? null : counted.reduce((total, { clients }) => total + clients!, 0),
    messagesIn: sum('messagesIn'),
    messagesOut: sum('messagesOut'),
    inPerSecond: Math.round(sum('inPerSecond') * 10) / 10,
    outPerSecond: Math.round(sum('outPerSecond') * 10) / 10,
    lag: sum('lag'),
    lastMessageAt: latest(figures.map(({ lastMessageAt }) => lastMessageAt)),
  };
}

function latest(times: readonly (number | null)[]): Date | null {
  const known = times.filter((time) => time !== null);
  return known.length === 0 ? null : new Date(Math.max(...known));
}
