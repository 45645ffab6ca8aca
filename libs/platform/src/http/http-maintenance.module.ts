import { Module, type OnModuleInit } from '@nestjs/common';
import { MaintenanceTasks, OrganizationPurges } from '../queue';
import { IdempotencyStore } from './idempotency.store';

/** Housekeeping of the HTTP mechanisms, for the worker process. */
@Module({})
export class HttpMaintenanceModule implements OnModuleInit {
  constructor(
    private readonly tasks: MaintenanceTasks,
    private readonly answers: IdempotencyStore,
    private readonly purges: OrganizationPurges,
  ) {}

  onModuleInit(): void {
    this.tasks.register({ name: 'http.idempotency', everyMinutes: 60, run: () => this.answers.purge() });
    const remove = (id: string, limit: number) => this.answers.removeOf(id, limit);
    this.purges.register({ name: 'http.idempotency', remove });
  }
}
