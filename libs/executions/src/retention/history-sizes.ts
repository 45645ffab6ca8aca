import { Injectable } from '@nestjs/common';
import { Config } from '#platform/config';
import { asOwner, Database } from '#platform/database';
import type { Client } from 'pg';
import { EXECUTION_NODES, EXECUTIONS } from '../partitions';

/** Pages of one partition that are looked at: what is larger is estimated from so many of them, chosen at random. */
const SAMPLED_PAGES = 2_000;
/** Partitions of one turn. */
const MOST_PARTS = 200;
/** Days that nothing is written to any more change by retention alone. */
const OLD_PARTS_MINUTES = 60;
const DAY_MS = 86_400_000;

/** Bytes of a row beside its data, with its entries in indexes. */
const MEASURED = [
  { table: EXECUTIONS.table, row: 800, data: ['input', 'output', 'error', 'response', 'notes'] },
  { table: EXECUTION_NODES.table, row: 350, data: ['input', 'output', 'error'] },
];

interface Part {
  table: string;
  name: string;
  pages: number;
}

/**
 * Measures how much history each organization has: by random pages of each partition, so that it costs the same whether
 * a day has a thousand runs or a hundred million. What is measured are rows and their data as they are stored, not free
 * space between them.
 */
@Injectable()
export class HistorySizes {
  constructor(
    private readonly config: Config,
    private readonly database: Database,
  ) {}

  /** Today and yesterday each time, what is older once an hour. */
  async measure(now = Date.now()): Promise<void> {
    await asOwner(this.config, async (owner) => {
      const parts = await partsOf(owner);
      await this.forgetOthers(parts.map(({ name }) => name));
      const fresh = await this.freshParts();
      const stale = parts.filter((part) => isWrittenTo(part, now) || !fresh.has(part.name));
      for (const part of stale.slice(0, MOST_PARTS)) await this.write(part.name, await measure(owner, part));
    });
  }

  private async freshParts(): Promise<Set<string>> {
    const rows = await this.database.asSystem((manager) =>
      manager.query<{ part: string }[]>(
        `SELECT DISTINCT part FROM history_sizes WHERE measured_at > now() - interval '${OLD_PARTS_MINUTES} minutes'`,
      ),
    );
    return new Set(rows.map(({ part }) => part));
  }

  private async forgetOthers(names: readonly string[]): Promise<void> {
    await this.database.asSystem((manager) =>
      manager.query('DELETE FROM history_sizes WHERE part <> ALL ($1::text[])', [names]),
    );
  }

  private async write(part: string, sizes: readonly Size[]): Promise<void> {
    await this.database.asSystem(async (manager) => {
      const organizations = sizes.map(({ organization_id: id }) => id);
      await manager.query('DELETE FROM history_sizes WHERE part = $1 AND organization_id <> ALL ($2::uuid[])', [
        part,
        organizations,
      ]);
      await manager.query(WRITE, [part, organizations, sizes.map(({ bytes }) => Math.round(bytes))]);
    });
  }
}

interface Size {
  organization_id: string;
  bytes: number;
}

/** The newest first; partitions are open to their owner alone. */
async function partsOf(owner: Client): Promise<Part[]> {
  const { rows } = await owner.query<Part>(
    `SELECT parent.relname AS table, part.relname AS name,
       ceil(pg_relation_size(part.oid) / current_setting('block_size')::float8)::int AS pages
     FROM pg_inherits JOIN pg_class part ON part.oid = inhrelid JOIN pg_class parent ON parent.oid = inhparent
     WHERE inhparent = ANY ($1::regclass[]) ORDER BY 2 DESC`,
    [MEASURED.map(({ table }) => table)],
  );
  return rows;
}

async function measure(owner: Client, { table, name, pages }: Part): Promise<Size[]> {
  if (pages === 0) return [];
  const { row, data } = MEASURED.find((measured) => measured.table === table)!;
  const share = Math.min(1, SAMPLED_PAGES / pages);
  const bytes = [row, ...data.map((column) => `coalesce(pg_column_size(${column}), 0)`)].join(' + ');
  const { rows } = await owner.query<Size>(
    `SELECT organization_id, sum(${bytes})::float8 / ${share} AS bytes
     FROM ${owner.escapeIdentifier(name)} TABLESAMPLE SYSTEM (${share * 100}) GROUP BY organization_id`,
  );
  return rows;
}

const isWrittenTo = ({ table, name }: Part, now: number): boolean =>
  name >= `${table}_${new Date(now - DAY_MS).toISOString().slice(0, 10).replaceAll('-', '')}`;

const WRITE = `
  INSERT INTO history_sizes (part, organization_id, bytes, measured_at)
  SELECT $1, organization_id, bytes, now() FROM unnest($2::uuid[], $3::int8[]) AS t (organization_id, bytes)
  ON CONFLICT (organization_id, part) DO UPDATE SET bytes = excluded.bytes, measured_at = excluded.measured_at`;
