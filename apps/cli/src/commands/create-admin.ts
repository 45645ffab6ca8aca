import 'reflect-metadata';
import { Module, type DynamicModule } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { AuditModule } from '#audit';
import { Administrators, IdentityModule } from '#identity';
import { AuditTrailModule } from '#platform/audit';
import { ConfigModule, type Config, type Environment } from '#platform/config';
import { CryptoModule } from '#platform/crypto';
import { DatabaseModule } from '#platform/database';
import { LifecycleModule } from '#platform/lifecycle';
import { databaseSchema } from '../../../../ormconfig';
import { migrateHub } from '../../../shared/src/start-hub';
import { withConfig } from './with-config';

/** Users and their rights, without anything that serves. */
@Module({})
class AdministrationModule {
  static with(config: Config): DynamicModule {
    return {
      module: AdministrationModule,
      imports: [
        ConfigModule.with(config, []),
        LifecycleModule,
        CryptoModule,
        DatabaseModule.with(databaseSchema),
        AuditTrailModule.with(AuditModule),
        IdentityModule,
      ],
    };
  }
}

/** A system administrator with that address: a new one, or a user who is there already, with another password. */
export const createAdmin = (environment: Environment, email: string, password?: string): Promise<string> =>
  withConfig(environment, async (config) => {
    await migrateHub(config);
    const context = await NestFactory.createApplicationContext(AdministrationModule.with(config), {
      logger: ['error'],
      abortOnError: false,
    });
    try {
      const made = await context.get(Administrators).ensure(email, password);
      const what = made.isNew ? 'is a new system administrator' : 'is a system administrator with another password';
      const shown = made.newPassword === undefined ? '' : `\npassword: ${made.newPassword}   (shown this once)`;
      return `${made.email} ${what}${shown}`;
    } finally {
      await context.close();
    }
  });
