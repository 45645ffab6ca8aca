import { createHash } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { Database } from '#platform/database';
import type { PortableContent } from '#platform/dependencies';
import { byTypeAndName, itemText, type ItemKey } from '../format';

export interface Exchanged {
  type: string;
  name: string;
  hash: string;
  base: string | null;
}

/** What was exchanged last of an entity. */
export interface LastExchanged extends Exchanged {
  /** Hash of what came last from elsewhere, if anything ever did: what has left says nothing of what others know. */
  entered: string | null;
}

/** A content that leaves or enters. */
export interface Exchange extends Exchanged {
  content: PortableContent;
}

/** A content that was exchanged, and when and from what it was before, where it was. */
export interface Remembered extends ItemKey {
  hash: string;
  before?: Past;
}

interface Past {
  base: string | null;
  exchangedAt: string;
  enteredAt: string | null;
}

/** Bytes of a name for which the indexes have room beside everything else. */
const LONGEST_NAME = 2_000;
const BATCH = 500;
const KEPT_DAYS = 90;

/** What was exchanged with the organization, by hashes. */
@Injectable()
export class ContentsRepository {
  constructor(private readonly database: Database) {}

  /** What was exchanged last of each of them; those that never were are left out. */
  async last(organizationId: string, keys: readonly ItemKey[]): Promise<LastExchanged[]> {
    const names = namesByKept(keys);
    return this.inBatches(keys, async (batch) => {
      const columns = [batch.map(({ type }) => type), batch.map(({ name }) => keptName(name))];
      const found = await this.query<LastExchanged>(organizationId, LAST, columns);
      return found.map((one) => ({ ...one, name: names.get(one.name)! }));
    });
  }

  /** Contents by their hashes; those that are not known are left out. */
  async contents(organizationId: string, hashes: readonly string[]): Promise<Map<string, PortableContent>> {
    // Thousands of topics have the same content.
    const rows = await this.inBatches([...new Set(hashes)], (batch) =>
      this.query<Pick<Exchange, 'hash' | 'content'>>(organizationId, CONTENTS, [batch]),
    );
    return new Map(rows.map(({ hash, content }) => [hash, content]));
  }

  /** Remembers them as what was exchanged last. */
  async keep(organizationId: string, way: 'left' | 'entered', items: readonly Exchange[]): Promise<void> {
    await this.database.inOrganization(organizationId, async (manager) => {
      // In one order, in which others wait for each other.
      const sorted = [...items].sort(byTypeAndName);
      for (let at = 0; at < sorted.length; at += BATCH) {
        await manager.query(KEEP, [organizationId, rowsOf(sorted.slice(at, at + BATCH)), way === 'entered']);
      }
    });
  }

  /** Those contents with what is remembered of them, where they have been exchanged before. */
  async known(organizationId: string, items: readonly (ItemKey & { hash: string })[]): Promise<Remembered[]> {
    const rows = items.map(({ type, name, hash }) => ({ type, name, hash }));
    const found = await this.database.inOrganization(organizationId, (manager) =>
      manager.query<(ItemKey & { hash: string } & Past)[]>(KNOWN, [organizationId, rowsOf(rows)]),
    );
    const before = new Map(
      found.map(({ base, exchangedAt, enteredAt, ...one }) => [itemText(one), { base, exchangedAt, enteredAt }]),
    );
    return rows.map((row) => {
      const known = before.get(itemText(kept(row)));
      return { ...row, ...(known && { before: known }) };
    });
  }

  /** As if they had not been exchanged this time: what was exchanged before is the last again. */
  async forget(organizationId: string, items: readonly Remembered[]): Promise<void> {
    const [fresh, older] = [items.filter(({ before }) => !before), items.filter(({ before }) => before)];
    const again = older.map(({ before, ...one }) => ({ ...one, ...before }));
    await this.database.inOrganization(organizationId, async (manager) => {
      await manager.query(FORGET, [organizationId, rowsOf(fresh)]);
      await manager.query(REMEMBER, [organizationId, rowsOf(again)]);
    });
  }

  /** Forgets what is old and was followed by others, and by others that entered where it did. Gives how many there were, at most as many as asked for. */
  forgetOld(limit: number): Promise<number> {
    return this.database.asSystem(async (manager) => {
      const [, count] = await manager.query<[unknown, number]>(FORGET_OLD, [KEPT_DAYS, limit]);
      return count;
    });
  }

  private async inBatches<T, R>(wanted: readonly T[], read: (batch: readonly T[]) => Promise<R[]>): Promise<R[]> {
    const found: R[][] = [];
    for (let at = 0; at < wanted.length; at += BATCH) found.push(await read(wanted.slice(at, at + BATCH)));
    return found.flat();
  }

  private query<R>(organizationId: string, sql: string, parameters: readonly unknown[]): Promise<R[]> {
    return this.database.inOrganization(organizationId, (manager) =>
      manager.query<R[]>(sql, [organizationId, ...parameters]),
    );
  }
}

/** The name by which it is kept: of a very long one, such as that of a dashboard in deep folders, what tells it from others. */
const keptName = (name: string): string =>
  Buffer.byteLength(name) <= LONGEST_NAME ? name : `sha256:${createHash('sha256').update(name).digest('hex')}`;

const kept = <K extends ItemKey>(key: K): K => ({ ...key, name: keptName(key.name) });

const namesByKept = (keys: readonly ItemKey[]): ReadonlyMap<string, string> =>
  new Map(keys.map(({ name }) => [keptName(name), name]));

/** As the statements take them. */
const rowsOf = (items: readonly ItemKey[]): string => JSON.stringify(items.map(kept));

const LAST = `
  SELECT wanted.type, wanted.name, c.hash, c.base, e.hash AS entered
  FROM (SELECT DISTINCT * FROM unnest($2::text[], $3::text[])) AS wanted (type, name)
  CROSS JOIN LATERAL (
    SELECT hash, base FROM dependency_contents
    WHERE organization_id = $1 AND type = wanted.type AND name = wanted.name
    ORDER BY exchanged_at DESC, hash LIMIT 1
  ) c
  LEFT JOIN LATERAL (
    SELECT hash FROM dependency_contents
    WHERE organization_id = $1 AND type = wanted.type AND name = wanted.name AND entered_at IS NOT NULL
    ORDER BY entered_at DESC, hash LIMIT 1
  ) e ON true`;

/** By the hash alone: with the type, too, the planner would take the other index where it knows nothing of the table yet. */
const CONTENTS = `
  SELECT wanted.hash, c.content FROM unnest($2::text[]) AS wanted (hash)
  CROSS JOIN LATERAL (
    SELECT content FROM dependency_contents WHERE organization_id = $1 AND hash = wanted.hash LIMIT 1
  ) c`;

const KEEP = `
  INSERT INTO dependency_contents AS c (organization_id, hash, type, name, content, base, exchanged_at, entered_at)
  SELECT $1, item->>'hash', item->>'type', item->>'name', item->'content', item->>'base', clock_timestamp(),
    CASE WHEN $3 THEN clock_timestamp() END
  FROM jsonb_array_elements($2::jsonb) AS item
  ON CONFLICT (organization_id, hash, type, name) DO UPDATE
    SET base = excluded.base, exchanged_at = excluded.exchanged_at,
      entered_at = COALESCE(excluded.entered_at, c.entered_at)`;

const KNOWN = `
  SELECT c.type, c.name, c.hash, c.base, c.exchanged_at::text AS "exchangedAt", c.entered_at::text AS "enteredAt"
  FROM jsonb_to_recordset($2::jsonb) AS item (type text, name text, hash text)
  JOIN dependency_contents c
    ON c.organization_id = $1 AND c.hash = item.hash AND c.type = item.type AND c.name = item.name`;

const REMEMBER = `
  UPDATE dependency_contents c SET base = item.base, exchanged_at = item."exchangedAt", entered_at = item."enteredAt"
  FROM jsonb_to_recordset($2::jsonb)
    AS item (type text, name text, hash text, base text, "exchangedAt" timestamptz, "enteredAt" timestamptz)
  WHERE c.organization_id = $1 AND c.hash = item.hash AND c.type = item.type AND c.name = item.name`;

const FORGET = `
  DELETE FROM dependency_contents c USING jsonb_to_recordset($2::jsonb) AS item (type text, name text, hash text)
  WHERE c.organization_id = $1 AND c.hash = item.hash AND c.type = item.type AND c.name = item.name`;

const FORGET_OLD = `
  DELETE FROM dependency_contents WHERE ctid = ANY (ARRAY(
    SELECT ctid FROM dependency_contents old
    WHERE exchanged_at < now() - make_interval(days => $1) AND EXISTS (
      SELECT 1 FROM dependency_contents newer
      WHERE newer.organization_id = old.organization_id AND newer.type = old.type AND newer.name = old.name
        AND newer.exchanged_at > old.exchanged_at)
      AND (entered_at IS NULL OR EXISTS (
        SELECT 1 FROM dependency_contents newer
        WHERE newer.organization_id = old.organization_id AND newer.type = old.type AND newer.name = old.name
          AND newer.entered_at > old.entered_at))
    LIMIT $2))`;
