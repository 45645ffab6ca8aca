import { Module } from '@nestjs/common';
import { ExecutionsModule } from './executions.module';
import { ExecuteController } from './start/execute.controller';
import { ExecuteService } from './start/execute.service';

@Module({ imports: [ExecutionsModule], controllers: [ExecuteController], providers: [ExecuteService] })
export class ExecutionsHttpModule {}
