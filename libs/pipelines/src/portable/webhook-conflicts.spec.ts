import { webhookConflicts, type WantedWebhook } from './webhook-conflicts';

const wants = (id: string, path: string, index = 0): WantedWebhook => ({
  pipeline: { id, name: `Line ~1 ${id}` },
  path,
  index,
});

const told = (wanted: WantedWebhook[], releasing: string[] = []): string[] => {
  const holders = new Map([
    ['ours', { id: 'h', name: 'Holder' }],
    ['theirs', { id: 'x', name: null }],
  ]);
  return webhookConflicts(wanted, holders, new Set(releasing)).map(
    ({ id, field, message }) => `${id} ${field}: ${message}`,
  );
};

it.each<[string, WantedWebhook[], string[]]>([
  ['a path that nobody has', [wants('a', 'free')], []],
  [
    'a path of another pipeline',
    [wants('a', 'ours', 2)],
    ['a nodes[2].parameters.path: Webhook path ours is taken by pipeline Holder'],
  ],
  [
    'a path of another organization, without saying whose',
    [wants('a', 'theirs')],
    ['a nodes[0].parameters.path: Webhook path theirs is taken in another organization'],
  ],
  [
    'a path that two want',
    [wants('a', 'free'), wants('b', 'free')],
    ['b nodes[0].parameters.path: Webhook path free is taken by pipeline Line / a, which comes with it'],
  ],
  [
    'a path that two nodes want',
    [wants('a', 'free'), wants('a', 'free', 1)],
    ['a nodes[1].parameters.path: Webhook path free is taken by another node of the pipeline'],
  ],
])('%s', (_, wanted, problems) => expect(told(wanted)).toEqual(problems));

it('leaves a path to whoever comes where its holder lets go of it', () => {
  expect(told([wants('a', 'ours')], ['h'])).toEqual([]);
  expect(told([wants('a', 'ours'), wants('b', 'ours')], ['h'])).toHaveLength(1);
});
