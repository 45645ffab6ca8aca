import type { MigrationInterface, QueryRunner } from 'typeorm';
import { protectForSystem } from '../row-security';

export class IngestSlots1700000000001 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      -- What tells this installation from others on the same broker; it comes along with a dump.
      CREATE TABLE installation (
        single boolean PRIMARY KEY DEFAULT true CHECK (single),
        id uuid NOT NULL DEFAULT gen_random_uuid()
      );
      INSERT INTO installation DEFAULT VALUES;
      -- One row for each session that the broker may keep. Who has it is told by advisory locks alone.
      CREATE TABLE ingest_slots (
        slot int PRIMARY KEY CHECK (slot >= 0),
        state text NOT NULL CHECK (state IN ('opened', 'subscribed', 'leaving'))
      );
    `);
    await protectForSystem(runner, 'installation');
    await protectForSystem(runner, 'ingest_slots');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE ingest_slots; DROP TABLE installation');
  }
}
