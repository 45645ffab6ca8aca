import type { BrokerPlan } from '#platform/mqtt';
import { instanceOverview, organizationOverview, stateOf } from './overview';
import { RateMeter, type ProcessReport, type TenantReport } from './process-report';

const URL_NOW = 'mqtt://now.example:1883';
const plan: BrokerPlan = {
  current: { number: 2, broker: { kind: 'outside', url: URL_NOW } },
  previous: [{ number: 1, broker: { kind: 'outside', url: 'mqtt://before.example:1883' } }],
};

const figures: TenantReport = {
  clients: null,
  messagesIn: 10,
  messagesOut: 4,
  inPerSecond: 1.5,
  outPerSecond: 0.1,
  lag: 2,
  lastMessageAt: 1_000,
};

const report = (broker: Partial<ProcessReport['broker']> = {}, organizations = {}): ProcessReport => ({
  id: 'p',
  host: 'machine',
  pid: 1,
  roles: ['uns'],
  startedAt: new Date(0),
  broker: {
    ...figures,
    mode: 'outside',
    address: 'now.example:1883',
    state: 'connected',
    number: 2,
    receives: true,
    uptimeSeconds: 5,
    problem: null,
    previous: [],
    ...broker,
  },
  organizations,
});

describe('the state of all', () => {
  it.each([
    ['connected', [report(), report({ receives: false, state: 'connecting' })]],
    ['connecting', [report(), report({ state: 'connecting' })]],
    ['switching', [report(), report({ number: 1 })]],
    ['stopped', [report({ receives: false })]],
    ['stopped', []],
  ] as const)('is %s', (expected, processes) => {
    expect(stateOf(processes, 2)).toBe(expected);
  });
});

describe('an overview', () => {
  const before = { address: 'before.example:1883', state: 'connected' as const, lastMessageAt: 900 };
  const processes = [report({ previous: [before] }), report({ lastMessageAt: 3_000, uptimeSeconds: 9 })];

  it('of the instance adds up what the processes say', () => {
    expect(instanceOverview(processes, plan)).toMatchObject({
      of: 'instance',
      mode: 'outside',
      address: 'now.example:1883',
      clients: null,
      messagesIn: 20,
      inPerSecond: 3,
      outPerSecond: 0.2,
      lag: 4,
      uptimeSeconds: 9,
      lastMessageAt: new Date(3_000),
      previous: [{ address: 'before.example:1883', state: 'connected', lastMessageAt: new Date(900) }],
    });
  });

  it('of an organization has its own messages alone', () => {
    const own = report({}, { mine: { ...figures, messagesIn: 3 }, other: { ...figures, messagesIn: 5 } });
    const view = organizationOverview([own, report()], plan, 'mine');
    expect(view).toMatchObject({ of: 'organization', messagesIn: 3, lag: 2, previous: [{ state: 'connecting' }] });
    expect(view).not.toHaveProperty('processes');
    expect(organizationOverview([own], plan, 'silent')).toMatchObject({ messagesIn: 0, lastMessageAt: null });
  });
});

it('measures messages a second, each against the last time', () => {
  const meter = new RateMeter();
  const totals = (messagesIn: number) => new Map([['a', { messagesIn, messagesOut: 0 }]]);
  expect(meter.measure(0, totals(100))('a')).toEqual({ inPerSecond: 0, outPerSecond: 0 });
  expect(meter.measure(2_000, totals(105))('a')).toEqual({ inPerSecond: 2.5, outPerSecond: 0 });
  expect(meter.measure(4_000, totals(0))('a')).toEqual({ inPerSecond: 0, outPerSecond: 0 });
  expect(meter.measure(5_000, totals(1))('new')).toEqual({ inPerSecond: 0, outPerSecond: 0 });
});
