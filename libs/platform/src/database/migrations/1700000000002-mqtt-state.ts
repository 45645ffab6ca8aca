import type { MigrationInterface, QueryRunner } from 'typeorm';
import { protectByOrganization } from '../row-security';

const TABLES = [
  'mqtt_sessions',
  'mqtt_subscriptions',
  'mqtt_messages',
  'mqtt_queued',
  'mqtt_received',
  'mqtt_retained',
  'mqtt_wills',
];

/**
 * What the embedded broker keeps beyond its process (ADR 0022). It has all of it in memory and reads these at its start
 * alone, so there is nothing to look up: ids are the broker's, and texts of clients (client ids, filters, topics) are no keys.
 */
export class MqttState1700000000002 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE mqtt_sessions (
        organization_id uuid NOT NULL,
        id uuid NOT NULL,
        client_id text NOT NULL,
        expiry_seconds int NOT NULL,
        -- Null while its client is connected.
        expires_at timestamptz,
        PRIMARY KEY (organization_id, id)
      );
      CREATE TABLE mqtt_subscriptions (
        organization_id uuid NOT NULL,
        id uuid NOT NULL,
        session_id uuid NOT NULL,
        filter text NOT NULL,
        qos int2 NOT NULL,
        no_local boolean NOT NULL,
        retain_as_published boolean NOT NULL,
        identifier int,
        PRIMARY KEY (organization_id, id),
        FOREIGN KEY (organization_id, session_id) REFERENCES mqtt_sessions (organization_id, id) ON DELETE CASCADE
      );
      CREATE INDEX mqtt_subscriptions_session ON mqtt_subscriptions (organization_id, session_id);
      -- A message stands here once, however many sessions wait for it.
      CREATE TABLE mqtt_messages (
        organization_id uuid NOT NULL,
        id uuid NOT NULL,
        topic text NOT NULL,
        payload bytea NOT NULL,
        qos int2 NOT NULL,
        properties json,
        expires_at timestamptz,
        PRIMARY KEY (organization_id, id)
      );
      CREATE TABLE mqtt_queued (
        organization_id uuid NOT NULL,
        session_id uuid NOT NULL,
        packet_id int NOT NULL,
        message_id uuid NOT NULL,
        qos int2 NOT NULL,
        retain boolean NOT NULL,
        identifiers int[],
        released boolean NOT NULL,
        PRIMARY KEY (organization_id, session_id, packet_id),
        FOREIGN KEY (organization_id, session_id) REFERENCES mqtt_sessions (organization_id, id) ON DELETE CASCADE,
        FOREIGN KEY (organization_id, message_id) REFERENCES mqtt_messages (organization_id, id) ON DELETE CASCADE
      );
      CREATE INDEX mqtt_queued_message ON mqtt_queued (organization_id, message_id);
      CREATE TABLE mqtt_received (
        organization_id uuid NOT NULL,
        session_id uuid NOT NULL,
        packet_id int NOT NULL,
        PRIMARY KEY (organization_id, session_id, packet_id),
        FOREIGN KEY (organization_id, session_id) REFERENCES mqtt_sessions (organization_id, id) ON DELETE CASCADE
      );
      CREATE TABLE mqtt_retained (
        organization_id uuid NOT NULL,
        id uuid NOT NULL,
        topic text NOT NULL,
        payload bytea NOT NULL,
        qos int2 NOT NULL,
        properties json,
        expires_at timestamptz,
        PRIMARY KEY (organization_id, id)
      );
      CREATE TABLE mqtt_wills (
        organization_id uuid NOT NULL,
        id uuid NOT NULL,
        client_id text NOT NULL,
        topic text NOT NULL,
        payload bytea NOT NULL,
        qos int2 NOT NULL,
        retain boolean NOT NULL,
        properties json,
        -- What its client signed in with, sealed: rights are asked for again when it is published.
        credential bytea NOT NULL,
        -- When the broker stopped in good order and left it to the next start.
        left_at timestamptz,
        PRIMARY KEY (organization_id, id)
      );
    `);
    for (const table of TABLES) await protectByOrganization(runner, table);
  }

  async down(runner: QueryRunner): Promise<void> {
    for (const table of TABLES.toReversed()) await runner.query(`DROP TABLE ${table}`);
  }
}
