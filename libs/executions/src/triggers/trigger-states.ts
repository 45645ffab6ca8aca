import { Injectable } from '@nestjs/common';
import type { JsonValue } from '#kernel';
import { Database } from '#platform/database';
import type { EntityManager } from 'typeorm';
import type { TriggerPlace } from './trigger-starts';
import { valueHash } from './value-hash';

/** A value that a trigger has heard under a key, such as a topic. */
export interface HeardValue {
  place: TriggerPlace;
  key: string;
  value: JsonValue;
  /** Keys that the trigger remembers. */
  mostKeys: number;
}

interface State {
  pipeline_id: string;
  node_id: string;
  key: string;
  hash: Buffer | null;
}

/** What triggers have heard last, for those that start runs of changes alone. */
@Injectable()
export class TriggerStates {
  constructor(private readonly database: Database) {}

  /**
   * Which of the values differ from the last one of their trigger and key, in the order given. It is remembered with the
   * transaction that is open: what is not committed has not been heard.
   */
  changed(values: readonly HeardValue[]): Promise<boolean[]> {
    const organizations = [...new Set(values.map(({ place }) => place.organizationId))];
    return this.database.inOrganizations(organizations, async (manager) => {
      const states = await this.lock(manager, values);
      const before = new Map([...states].map(([id, { hash }]) => [id, hash]));
      const changes = values.map((heard) => {
        const state = states.get(idOf(heard))!;
        const hash = valueHash(heard.value);
        const same = state.hash?.equals(hash) ?? false;
        state.hash = hash;
        return !same;
      });
      await this.write(
        manager,
        [...states]
          .filter(([id, { hash }]) => !hash!.equals(before.get(id) ?? Buffer.alloc(0)))
          .map(([, state]) => state),
      );
      const grown = values.filter((heard) => before.get(idOf(heard)) === null);
      await this.trim(manager, grown);
      return changes;
    });
  }

  /** Makes those that are not there, and locks all of them. */
  private async lock(manager: EntityManager, values: readonly HeardValue[]): Promise<Map<string, State>> {
    // One order everywhere: two transactions that hear the same wait for each other instead of locking up.
    const distinct = [...new Map(values.map((heard) => [idOf(heard), heard]))].sort(([a], [b]) => (a < b ? -1 : 1));
    const rows = await manager.query<State[]>(LOCK, [
      distinct.map(([, { place }]) => place.organizationId),
      distinct.map(([, { place }]) => place.pipelineId),
      distinct.map(([, { place }]) => place.nodeId),
      distinct.map(([, { key }]) => key),
    ]);
    return new Map(rows.map((row) => [`${row.pipeline_id} ${row.node_id} ${row.key}`, row]));
  }

  private async write(manager: EntityManager, states: readonly State[]): Promise<void> {
    if (states.length === 0) return;
    await manager.query(WRITE, [
      states.map((state) => state.pipeline_id),
      states.map((state) => state.node_id),
      states.map(({ key }) => key),
      states.map(({ hash }) => hash),
    ]);
  }

  private async trim(manager: EntityManager, grown: readonly HeardValue[]): Promise<void> {
    const triggers = new Map(grown.map((heard) => [`${heard.place.pipelineId} ${heard.place.nodeId}`, heard]));
    for (const { place, mostKeys } of triggers.values()) {
      await manager.query(TRIM, [place.pipelineId, place.nodeId, mostKeys]);
    }
  }
}

const idOf = ({ place, key }: HeardValue): string => `${place.pipelineId} ${place.nodeId} ${key}`;

const LOCK = `
  INSERT INTO trigger_states (organization_id, pipeline_id, node_id, key, heard_at)
  SELECT organization_id, pipeline_id, node_id, key, now()
  FROM unnest($1::uuid[], $2::uuid[], $3::text[], $4::text[]) AS t (organization_id, pipeline_id, node_id, key)
  ON CONFLICT (pipeline_id, node_id, key) DO UPDATE SET heard_at = now()
  RETURNING pipeline_id, node_id, key, hash`;

const WRITE = `
  UPDATE trigger_states s SET hash = t.hash
  FROM unnest($1::uuid[], $2::text[], $3::text[], $4::bytea[]) AS t (pipeline_id, node_id, key, hash)
  WHERE s.pipeline_id = t.pipeline_id AND s.node_id = t.node_id AND s.key = t.key`;

const TRIM = `
  DELETE FROM trigger_states WHERE pipeline_id = $1 AND node_id = $2 AND key IN (
    SELECT key FROM trigger_states WHERE pipeline_id = $1 AND node_id = $2 ORDER BY heard_at DESC, key OFFSET $3)`;
