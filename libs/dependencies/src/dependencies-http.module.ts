import { Module } from '@nestjs/common';
import { DependenciesModule } from './dependencies.module';
import { DependencyGraphController } from './graph/dependency-graph.controller';
import { DependencyGraphService } from './graph/dependency-graph.service';
import { GraphCache } from './graph/graph-cache';
import { IdentityFinder } from './graph/identity-finder';
import { RootFinder } from './graph/root-finder';

@Module({
  imports: [DependenciesModule],
  controllers: [DependencyGraphController],
  providers: [DependencyGraphService, GraphCache, IdentityFinder, RootFinder],
})
export class DependenciesHttpModule {}
