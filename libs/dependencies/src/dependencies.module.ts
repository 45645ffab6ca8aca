import { Module } from '@nestjs/common';
import { DiscoveryModule } from '@nestjs/core';
import { DependencyIndex } from '#platform/dependencies';
import { Contributors } from './index/contributors';
import { DatabaseDependencyIndex } from './index/database-dependency-index';

@Module({
  imports: [DiscoveryModule],
  providers: [
    Contributors,
    DatabaseDependencyIndex,
    { provide: DependencyIndex, useExisting: DatabaseDependencyIndex },
  ],
  exports: [Contributors, DatabaseDependencyIndex, DependencyIndex],
})
export class DependenciesModule {}
