import { Module, type OnModuleInit } from '@nestjs/common';
import { Database, deleteBatch } from '../database';
import { OrganizationPurges } from '../queue';

/** Those that the others belong to last. */
const TABLES = [
  'mqtt_queued',
  'mqtt_received',
  'mqtt_subscriptions',
  'mqtt_messages',
  'mqtt_retained',
  'mqtt_wills',
  'mqtt_sessions',
];

/** Removes what the embedded broker keeps of deleted organizations; for the worker process. */
@Module({})
export class MqttMaintenanceModule implements OnModuleInit {
  constructor(
    private readonly purges: OrganizationPurges,
    private readonly database: Database,
  ) {}

  onModuleInit(): void {
    for (const table of TABLES) {
      const remove = (id: string, limit: number): Promise<number> =>
        this.database.asSystem((manager) => deleteBatch(manager, table, id, limit));
      this.purges.register({ name: table.replace('_', '.'), remove });
    }
  }
}
