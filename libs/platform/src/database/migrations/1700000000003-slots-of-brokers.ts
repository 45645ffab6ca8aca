import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Each broker has slots of its own, by the number of the choice that it was; 0 is the environment's. */
export class SlotsOfBrokers1700000000003 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      ALTER TABLE ingest_slots ADD COLUMN broker int NOT NULL DEFAULT 0 CHECK (broker >= 0);
      ALTER TABLE ingest_slots DROP CONSTRAINT ingest_slots_pkey;
      ALTER TABLE ingest_slots ADD CONSTRAINT ingest_slots_pkey PRIMARY KEY (broker, slot);
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      DELETE FROM ingest_slots WHERE broker <> 0;
      ALTER TABLE ingest_slots DROP CONSTRAINT ingest_slots_pkey;
      ALTER TABLE ingest_slots ADD CONSTRAINT ingest_slots_pkey PRIMARY KEY (slot);
      ALTER TABLE ingest_slots DROP COLUMN broker;
    `);
  }
}
