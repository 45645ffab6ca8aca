import { Module, type OnModuleInit } from '@nestjs/common';
import { Database } from '#platform/database';
import { MaintenanceTasks } from '#platform/queue';

/** Ended sessions are kept this long, for those who look where they were signed in. */
const REMOVALS = [
  `DELETE FROM sessions WHERE expires_at < now() - interval '30 days'`,
  'DELETE FROM oidc_payloads WHERE expires_at < now()',
  'DELETE FROM identity_provider_sign_ins WHERE expires_at < now()',
  'DELETE FROM issued_tokens WHERE expires_at < now()',
];

/** Housekeeping of identity, for the worker process: what has expired is removed. Personal access tokens stay listed. */
@Module({})
export class IdentityMaintenanceModule implements OnModuleInit {
  constructor(
    private readonly tasks: MaintenanceTasks,
    private readonly database: Database,
  ) {}

  onModuleInit(): void {
    this.tasks.register({ name: 'identity.expired', everyMinutes: 60, run: () => this.removeExpired() });
  }

  async removeExpired(): Promise<void> {
    for (const removal of REMOVALS) await this.database.asSystem((manager) => manager.query(removal));
  }
}
