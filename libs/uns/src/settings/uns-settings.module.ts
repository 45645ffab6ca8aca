import { Module } from '@nestjs/common';
import { BrokerChoice } from '#platform/mqtt';
import { SettingsStore } from './settings-store';
import { StoredBrokerChoice } from './stored-broker';

/** What is stored, for every process that follows it. */
@Module({
  providers: [SettingsStore, { provide: BrokerChoice, useClass: StoredBrokerChoice }],
  exports: [SettingsStore, BrokerChoice],
})
export class UnsSettingsModule {}
