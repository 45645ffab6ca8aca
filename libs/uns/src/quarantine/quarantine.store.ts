import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import type { RefusedRow } from '../ingest/row';

/** Keeps what schemas refuse. */
@Injectable()
export class QuarantineStore {
  /** In the transaction of the records beside them. */
  keep(_manager: EntityManager, rows: readonly RefusedRow[]): Promise<void> {
    return rows.length === 0 ? Promise.resolve() : Promise.reject(new Error('no schema refuses anything yet'));
  }
}
