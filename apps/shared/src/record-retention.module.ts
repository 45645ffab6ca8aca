import { Module } from '@nestjs/common';
import { OrganizationSettings, OrganizationsModule } from '#organizations';
import { RecordRetention } from '#uns';

/** Organizations decide how long the records of their namespace are kept. */
@Module({
  imports: [OrganizationsModule],
  providers: [
    {
      provide: RecordRetention,
      inject: [OrganizationSettings],
      useFactory: (settings: OrganizationSettings): RecordRetention => ({
        daysOf: async (organizationId) => (await settings.of(organizationId)).retention.recordsDays,
      }),
    },
  ],
  exports: [RecordRetention],
})
export class RecordRetentionModule {}
