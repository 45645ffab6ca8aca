import { Module } from '@nestjs/common';
import { ExchangeModule } from './exchange.module';
import { ExportsController } from './export/exports.controller';
import { ImportsController } from './import/imports.controller';

@Module({ imports: [ExchangeModule], controllers: [ExportsController, ImportsController] })
export class ExchangeHttpModule {}
