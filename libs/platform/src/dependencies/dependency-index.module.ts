import { Global, Module, type DynamicModule, type Type } from '@nestjs/common';

/** Gives `DependencyIndex` to every area: re-exports the module that provides it. */
@Global()
@Module({})
export class DependencyIndexModule {
  static with(provider: Type): DynamicModule {
    return { module: DependencyIndexModule, imports: [provider], exports: [provider] };
  }
}
