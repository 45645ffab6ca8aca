import { Module } from '@nestjs/common';
import { OrganizationResolver } from '#platform/http';
import { MqttTopicMounts } from '#platform/mqtt';
import { MembershipService } from './membership.service';
import { OrganizationTopicMounts } from './organization-topic-mounts';
import { OrganizationsService } from './organizations.service';
import { OrganizationSettings } from './settings/organization-settings';

@Module({
  providers: [
    OrganizationSettings,
    OrganizationsService,
    { provide: OrganizationResolver, useClass: MembershipService },
    { provide: MqttTopicMounts, useClass: OrganizationTopicMounts },
  ],
  exports: [OrganizationSettings, OrganizationsService, OrganizationResolver, MqttTopicMounts],
})
export class OrganizationsModule {}
