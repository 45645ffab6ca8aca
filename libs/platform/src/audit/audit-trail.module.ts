import { Global, Module, type DynamicModule, type Type } from '@nestjs/common';

/** Gives `AuditTrail` to every area: re-exports the module that provides it. */
@Global()
@Module({})
export class AuditTrailModule {
  static with(provider: Type): DynamicModule {
    return { module: AuditTrailModule, imports: [provider], exports: [provider] };
  }
}
