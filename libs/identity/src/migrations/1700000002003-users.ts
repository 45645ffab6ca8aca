import type { MigrationInterface, QueryRunner } from 'typeorm';
import { protectForSystem } from '#platform/database';

/** Administration of users, sessions that end when nobody uses them, and a count of sign-ins for all processes. */
export class Users1700000002003 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      ALTER TABLE users
        ADD status_reason text,
        ADD password_change_required bool NOT NULL DEFAULT false,
        ADD created_by uuid,
        ADD updated_by uuid;
      ALTER TABLE sessions ADD last_seen_at timestamptz NOT NULL DEFAULT now();
      CREATE TABLE sign_in_attempts (
        key text NOT NULL,
        points int NOT NULL,
        expire bigint NOT NULL,
        CONSTRAINT sign_in_attempts_pkey PRIMARY KEY (key)
      );
    `);
    await protectForSystem(runner, 'sign_in_attempts');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      DROP TABLE sign_in_attempts;
      ALTER TABLE sessions DROP last_seen_at;
      ALTER TABLE users
        DROP status_reason, DROP password_change_required, DROP created_by, DROP updated_by;
    `);
  }
}
