import { Module, type OnModuleInit } from '@nestjs/common';
import { MaintenanceTasks } from '../queue';
import { IdempotencyStore } from './idempotency.store';

/** Housekeeping of the HTTP mechanisms, for the worker process. */
@Module({})
export class HttpMaintenanceModule implements OnModuleInit {
  constructor(
    private readonly tasks: MaintenanceTasks,
    private readonly answers: IdempotencyStore,
  ) {}

  onModuleInit(): void {
    this.tasks.register({ name: 'http.idempotency', everyMinutes: 60, run: () => this.answers.purge() });
  }
}
