import { newId } from '#kernel';
import { TopicMounts } from './topic-mounts';

const plain = newId();
const bare = newId();
const custom = newId();
const mounts = new TopicMounts([
  { id: plain, prefix: null },
  { id: bare, prefix: '' },
  { id: custom, prefix: 'plants/north/' },
]);

describe('TopicMounts', () => {
  it.each([
    [plain, `org/${plain}/mHv1.0/a/b`],
    [bare, 'mHv1.0/a/b'],
    [custom, 'plants/north/mHv1.0/a/b'],
  ])('maps the topics of %s there and back', (organizationId, brokerTopic) => {
    expect(mounts.mount(organizationId, 'mHv1.0/a/b')).toBe(brokerTopic);
    expect(mounts.resolve(brokerTopic)).toEqual({ organizationId, topic: 'mHv1.0/a/b' });
  });

  it.each([`org/${newId()}/mHv1.0/a`, 'plants/mHv1.0/a', 'other/a', 'xmHv1.0/a', 'mHv1.0', `/mHv1.0/a`])(
    'knows %s as the topic of nobody',
    (brokerTopic) => expect(mounts.resolve(brokerTopic)).toBeUndefined(),
  );

  it('takes the first root for the root', () => {
    expect(mounts.resolve('mHv1.0/mHv1.0/a')).toEqual({ organizationId: bare, topic: 'mHv1.0/mHv1.0/a' });
  });

  it('mounts organizations it has not heard of yet under the default', () => {
    const id = newId();
    expect(mounts.mount(id, 'mHv1.0/a')).toBe(`org/${id}/mHv1.0/a`);
  });

  it('subscribes to each own prefix, and once to all default ones', () => {
    expect(mounts.subscriptions()).toEqual(['org/+/mHv1.0/#', 'mHv1.0/#', 'plants/north/mHv1.0/#']);
  });
});
