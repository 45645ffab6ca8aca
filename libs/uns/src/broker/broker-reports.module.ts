import { Module } from '@nestjs/common';
import { UnsSettingsModule } from '../settings/uns-settings.module';
import { BrokerReports } from './broker-reports';

/** In every process: what it knows of the broker is told to the others. */
@Module({ imports: [UnsSettingsModule], providers: [BrokerReports], exports: [BrokerReports] })
export class BrokerReportsModule {}
