import { Module, type OnModuleInit } from '@nestjs/common';
import { Database } from '#platform/database';
import { MaintenanceTasks } from '#platform/queue';
import { IdentityModule } from './identity.module';
import { SigningKeysService } from './oauth/signing-keys.service';

/** Ended sessions are kept this long, for those who look where they were signed in. */
const REMOVALS = [
  `DELETE FROM sessions WHERE expires_at < now() - interval '30 days'`,
  'DELETE FROM oidc_payloads WHERE expires_at < now()',
  'DELETE FROM sign_in_attempts WHERE expire < extract(epoch FROM now()) * 1000',
  'DELETE FROM identity_provider_sign_ins WHERE expires_at < now()',
  'DELETE FROM issued_tokens WHERE expires_at < now()',
];

/** Housekeeping of identity, for the worker process: what has expired is removed, signing keys are renewed. Personal access tokens stay listed. */
@Module({ imports: [IdentityModule] })
export class IdentityMaintenanceModule implements OnModuleInit {
  constructor(
    private readonly tasks: MaintenanceTasks,
    private readonly database: Database,
    private readonly keys: SigningKeysService,
  ) {}

  onModuleInit(): void {
    this.tasks.register({ name: 'identity.expired', everyMinutes: 60, run: () => this.removeExpired() });
    this.tasks.register({ name: 'identity.signing-keys', everyMinutes: 60, run: () => this.keys.keepFresh() });
  }

  async removeExpired(): Promise<void> {
    for (const removal of REMOVALS) await this.database.asSystem((manager) => manager.query(removal));
  }
}
