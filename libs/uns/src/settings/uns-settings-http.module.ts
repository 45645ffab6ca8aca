import { Module } from '@nestjs/common';
import { BrokerReportsModule } from '../broker/broker-reports.module';
import { BrokerController } from '../broker/broker.controller';
import { BrokerService } from '../broker/broker.service';
import { UnsModule } from '../uns.module';
import { BrokerPart } from './broker-part';
import { SettingsParts } from './settings-part';
import { StoragePart } from './storage-part';
import { UnsSettingsController } from './uns-settings.controller';
import { UnsSettingsModule } from './uns-settings.module';
import { UnsSettingsService } from './uns-settings.service';

/** The settings' routes, and that of the broker. */
@Module({
  imports: [UnsModule, UnsSettingsModule, BrokerReportsModule],
  providers: [
    BrokerPart,
    StoragePart,
    {
      provide: SettingsParts,
      useFactory: (storage: StoragePart, broker: BrokerPart) => new SettingsParts([storage, broker]),
      inject: [StoragePart, BrokerPart],
    },
    UnsSettingsService,
    BrokerService,
  ],
  controllers: [UnsSettingsController, BrokerController],
})
export class UnsSettingsHttpModule {}
