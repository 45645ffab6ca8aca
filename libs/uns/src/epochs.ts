import type { EntityManager } from 'typeorm';

/*
 * Processes that store values remember what they need to know of topics: ids, rules, who listens. An organization's epochs
 * count the changes of it. A change takes the organization's lock alone and counts; a transaction that stores values
 * shares the lock and asks whether the counts are those that it remembers by. So no value is stored by an old rule once a
 * change has been answered, and nobody has to ask anything for each message.
 */

/** What processes remember: ids of topics by path, the rules that hold for their values, and who listens live. */
export type Remembered = 'topics' | 'policies' | 'watched';

export type Epochs = Readonly<Record<Remembered, number>>;

const NONE: Epochs = { topics: 0, policies: 0, watched: 0 };
/** The first key of the advisory locks, in `uns_require_epochs`, too; the second one is the organization's hash. */
const LOCKS = 7_243_003;

export const sumOf = ({ topics, policies, watched }: Epochs): number => topics + policies + watched;

/** What transactions have counted. */
const counted = new WeakMap<EntityManager, Set<string>>();

/**
 * Waits until nobody stores values of the organization, keeps everybody from it until the transaction ends, and makes all
 * processes forget that part of what they know. To be called before anything else in the transaction that changes it,
 * which had better be short. Once in a transaction is enough, however much it changes: nothing is stored before it ends.
 */
export async function bumpEpoch(manager: EntityManager, organizationId: string, part: Remembered): Promise<void> {
  const bumped = counted.get(manager) ?? new Set<string>();
  counted.set(manager, bumped);
  if (bumped.has(`${organizationId}/${part}`)) return;
  await manager.query(`SELECT pg_advisory_xact_lock(${LOCKS}, uuid_hash($1::uuid))`, [organizationId]);
  await manager.query(
    `INSERT INTO uns_epochs AS e (organization_id, ${part}) VALUES ($1, 1)
     ON CONFLICT (organization_id) DO UPDATE SET ${part} = e.${part} + 1`,
    [organizationId],
  );
  bumped.add(`${organizationId}/${part}`);
}

/** Keeps changes of the organizations away until the transaction ends, for what must not happen in the middle of one. */
export const holdEpochs = (manager: EntityManager, organizationIds: readonly string[]): Promise<unknown> =>
  manager.query(
    `SELECT pg_advisory_xact_lock_shared(${LOCKS}, uuid_hash(id)) FROM unnest($1::uuid[]) AS t (id) ORDER BY id`,
    [organizationIds],
  );

export async function readEpochs(
  manager: EntityManager,
  organizationIds: readonly string[],
): Promise<Map<string, Epochs>> {
  const rows = await manager.query<({ organization_id: string } & Record<Remembered, string>)[]>(
    'SELECT organization_id, topics, policies, watched FROM uns_epochs WHERE organization_id = ANY ($1)',
    [organizationIds],
  );
  const found = new Map(rows.map(({ organization_id: id, ...counts }) => [id, toEpochs(counts)]));
  return new Map(organizationIds.map((id) => [id, found.get(id) ?? NONE]));
}

const toEpochs = ({ topics, policies, watched }: Record<Remembered, string>): Epochs => ({
  topics: Number(topics),
  policies: Number(policies),
  watched: Number(watched),
});

/**
 * The first statement of a transaction that stores values.
 * @param storage the generation of the storage that they go to.
 * @throws an error that `isStale` knows.
 */
export const requireEpochs = (
  manager: EntityManager,
  epochs: ReadonlyMap<string, Epochs>,
  storage: number,
): Promise<unknown> =>
  manager.query('SELECT uns_require_epochs($1, $2, $3)', [
    [...epochs.keys()],
    [...epochs.values()].map(sumOf),
    storage,
  ]);

/** What is remembered is not true any more: it has to be read again. */
export const isStale = (error: unknown): boolean => (error as { code?: unknown } | undefined)?.code === 'MH001';
