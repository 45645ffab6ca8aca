import { Module } from '@nestjs/common';
import { DependenciesModule } from './dependencies.module';
import { DependencyGraphController } from './graph/dependency-graph.controller';
import { DependencyGraphService } from './graph/dependency-graph.service';
import { GraphCache } from './graph/graph-cache';
import { RootFinder } from './graph/root-finder';

@Module({
  imports: [DependenciesModule],
  controllers: [DependencyGraphController],
  providers: [DependencyGraphService, GraphCache, RootFinder],
})
export class DependenciesHttpModule {}
