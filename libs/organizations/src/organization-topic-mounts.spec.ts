import { newId, unavailable } from '#kernel';
import type { Database } from '#platform/database';
import { OrganizationTopicMounts } from './organization-topic-mounts';

describe('OrganizationTopicMounts', () => {
  let asked: string[];
  let answer: () => Promise<unknown[]>;
  let mounts: OrganizationTopicMounts;

  beforeEach(() => {
    asked = [];
    answer = () => Promise.resolve([{}]);
    const query = (_: string, [id]: [string]): Promise<unknown[]> => {
      asked.push(id);
      return answer();
    };
    const database = { asSystem: (work: (manager: unknown) => unknown) => work({ query }) };
    mounts = new OrganizationTopicMounts(database as unknown as Database);
  });

  afterEach(() => void jest.useRealTimers());

  it('asks the database for the organization that a topic names, once for all that come together', async () => {
    const id = newId();
    const found = await Promise.all(['a', 'b/c'].map((topic) => mounts.lookUp(`org/${id}/mHv1.0/${topic}`)));
    expect(found).toEqual([
      { organizationId: id, topic: 'mHv1.0/a' },
      { organizationId: id, topic: 'mHv1.0/b/c' },
    ]);
    expect(asked).toEqual([id]);
  });

  it.each([
    'mHv1.0/a',
    'org/plant/mHv1.0/a',
    `${newId()}/mHv1.0/a`,
    `plants/${newId()}/mHv1.0/a`,
    `org/${newId()}/a`,
    `org/${newId()}/b/mHv1.0/a`,
    `org/${newId().toUpperCase()}/mHv1.0/a`,
  ])('asks nothing for %s', async (topic) => {
    expect(await mounts.lookUp(topic)).toBeUndefined();
    expect(asked).toEqual([]);
  });

  it('asks no more than so often for what is not there', async () => {
    jest.useFakeTimers();
    answer = () => Promise.resolve([]);
    const again = `org/${newId()}/mHv1.0/a`;
    for (let i = 0; i < 100; i++) expect(await mounts.lookUp(again)).toBeUndefined();
    expect(asked).toHaveLength(1);
    for (let i = 0; i < 100; i++) await mounts.lookUp(`org/${newId()}/mHv1.0/a`);
    expect(asked).toHaveLength(50);
    jest.advanceTimersByTime(1_000);
    await mounts.lookUp(`org/${newId()}/mHv1.0/a`);
    expect(asked).toHaveLength(51);
  });

  it('does not say that an organization is missing when the database does not answer', async () => {
    answer = () => Promise.reject(unavailable('The database does not answer'));
    await expect(mounts.lookUp(`org/${newId()}/mHv1.0/a`)).rejects.toMatchObject({ kind: 'unavailable' });
  });
});
