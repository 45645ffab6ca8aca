import { Module } from '@nestjs/common';
import { OrganizationResolver } from '#platform/http';
import { MqttTopicMounts } from '#platform/mqtt';
import { MembershipService } from './membership.service';
import { OrganizationTopicMounts } from './organization-topic-mounts';
import { OrganizationsService } from './organizations.service';

@Module({
  providers: [
    OrganizationsService,
    { provide: OrganizationResolver, useClass: MembershipService },
    { provide: MqttTopicMounts, useClass: OrganizationTopicMounts },
  ],
  exports: [OrganizationsService, OrganizationResolver, MqttTopicMounts],
})
export class OrganizationsModule {}
