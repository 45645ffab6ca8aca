import { problemsOf } from '../test-call';
import { addressList } from './address-rules';
import { ScheduleTrigger } from './schedule.trigger';
import { UnsSubscribeTrigger } from './uns-subscribe.trigger';
import { WebhookTrigger } from './webhook.trigger';

describe('trigger.schedule', () => {
  it.each([
    [{ scheduleType: 'cron', cron: '0 */5 * * * *' }, []],
    [{ scheduleType: 'cron', cron: '0 0 8 * * MON-FRI', timezone: 'America/New_York' }, []],
    [{ scheduleType: 'cron', cron: '0 0 0 29 2 *' }, []],
    [{ scheduleType: 'cron', cron: '0 0 9 * * THU' }, []],
    [{ scheduleType: 'cron', cron: '@hourly' }, []],
    [{ scheduleType: 'interval', interval: '100ms' }, []],
    [{ scheduleType: 'interval', interval: '31d', cron: 'ignored' }, []],
    [{ scheduleType: 'cron' }, ['cron: Cron is required']],
    [
      { scheduleType: 'cron', cron: '* * * * *' },
      ['cron: Cron must have six fields: second minute hour day month weekday'],
    ],
    [{ scheduleType: 'cron', cron: '0 0 H * * *' }, ['cron: Cron must not use H']],
    [{ scheduleType: 'cron', cron: '@reboot' }, [expect.stringMatching(/^cron: Cron must be one of @yearly/)]],
    [{ scheduleType: 'cron', cron: '0 61 * * * *' }, [expect.stringMatching(/^cron: Cron cannot be read/)]],
    [{ scheduleType: 'cron', cron: '0 0 0 30 2 *' }, [expect.stringMatching(/^cron: Cron cannot be read/)]],
    [
      { scheduleType: 'cron', cron: '@daily', timezone: 'Mars/Olympus' },
      ['timezone: Timezone must be an IANA name such as Europe/Berlin'],
    ],
    [
      { scheduleType: 'cron', cron: '@daily', timezone: '+01:00' },
      ['timezone: Timezone must be an IANA name such as Europe/Berlin'],
    ],
    [{ scheduleType: 'interval' }, ['interval: Interval is required']],
    [{ scheduleType: 'interval', interval: '99ms' }, ['interval: Interval must be from 100ms to 31d']],
    [{ scheduleType: 'interval', interval: '32d' }, ['interval: Interval must be from 100ms to 31d']],
    [
      { scheduleType: 'interval', interval: 'often' },
      ['interval: Interval must be written like 500ms, 10s, 5m, 2h or 1d'],
    ],
    [{ scheduleType: 'interval', interval: 5 }, ['interval: Interval must be written like 500ms, 10s, 5m, 2h or 1d']],
  ])('%j', (parameters, problems) => {
    expect(problemsOf(new ScheduleTrigger(), parameters)).toEqual(problems);
  });
});

describe('trigger.webhook', () => {
  it.each([
    [{ allowIps: ['192.0.2.1', '10.0.0.0/8', '2001:db8::/32', '::1'] }, []],
    [
      { allowIps: ['10.0.0.0/33', 'localhost', '10.0.0.0/', '1.2.3.4/8/8', '2001:db8::/129', 5] },
      [0, 1, 2, 3, 4, 5].map((index) => expect.stringContaining(`allowIps[${index}]: `)),
    ],
    [{ auth: { 'X-Key': 'a', 'x-key': 'b' } }, ['auth.x-key: Header x-key is given twice']],
    [{ auth: 'none', allowIps: 'all' }, []],
  ])('%j', (parameters, problems) => {
    expect(problemsOf(new WebhookTrigger(), parameters)).toEqual(problems);
  });

  it('knows who is in a list of addresses', () => {
    const list = addressList(['10.0.0.0/8', '2001:db8::/32']);
    expect([list.check('10.1.2.3'), list.check('11.0.0.1'), list.check('2001:db8::5', 'ipv6')]).toEqual([
      true,
      false,
      true,
    ]);
  });
});

describe('trigger.uns.subscribe', () => {
  it.each([
    [['mHv1.0/a/#', 'mHv1.0/+/b', '#', '+/a', 'mHv1.0/#'], []],
    [['factory/#'], ['topics[0]: Topic filter must begin with mHv1.0/ or a wildcard']],
    [['mHv1.0'], ['topics[0]: Topic filter must name a level after mHv1.0/']],
    [['mHv1.0/a', 'mHv1.0/#/b'], ['topics[1]: Topic filter may use + for a whole level and # for the last one alone']],
    [[5], ['topics[0]: Topic filter must be a text']],
    ['mHv1.0/a', []],
  ])('%j', (topics, problems) => {
    expect(problemsOf(new UnsSubscribeTrigger(), { topics })).toEqual(problems);
  });
});
