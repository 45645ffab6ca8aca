import { Injectable } from '@nestjs/common';
import { idTime } from '#kernel';
import { Database } from '#platform/database';
import { insertNodeRows } from './node-rows';
import type { RunHistory, StoredNodeRow } from './run-history';

/** Rows of one statement, and rows that are written together with the end of their run. */
const BATCH = 500;

interface RunOfRows {
  id: string;
  organizationId: string;
}

/** Writes history of runs that are under way. */
@Injectable()
export class HistoryWriter {
  constructor(private readonly database: Database) {}

  /** What was gathered of a run so far; what cannot be written stays with it. @throws Error */
  async flush(run: RunOfRows, history: RunHistory): Promise<void> {
    const rows = history.take(false);
    try {
      await this.write(run, rows);
    } catch (error) {
      history.giveBack(rows);
      throw error;
    }
  }

  async write(run: RunOfRows, rows: readonly StoredNodeRow[]): Promise<void> {
    for (let at = 0; at < rows.length; at += BATCH) await this.insert(run, rows.slice(at, at + BATCH));
  }

  /** All but the last rows, which are given back: they are written with the end of the run. */
  async writeMost(run: RunOfRows, rows: readonly StoredNodeRow[]): Promise<readonly StoredNodeRow[]> {
    const late = Math.max(0, rows.length - BATCH);
    await this.write(run, rows.slice(0, late));
    return rows.slice(late);
  }

  private async insert({ id: executionId, organizationId }: RunOfRows, rows: readonly StoredNodeRow[]): Promise<void> {
    await this.database.inOrganization(organizationId, (manager) =>
      insertNodeRows(manager, [{ organizationId, executionId, createdAt: idTime(executionId), rows }]),
    );
  }
}
