import { Module } from '@nestjs/common';
import { OrganizationResolver } from '#platform/http';
import { MqttTopicMounts } from '#platform/mqtt';
import { ManagedRoles } from './managed-roles';
import { MembershipService } from './membership.service';
import { OrganizationTopicMounts } from './organization-topic-mounts';
import { OrganizationsService } from './organizations.service';

@Module({
  providers: [
    ManagedRoles,
    OrganizationsService,
    { provide: OrganizationResolver, useClass: MembershipService },
    { provide: MqttTopicMounts, useClass: OrganizationTopicMounts },
  ],
  exports: [ManagedRoles, OrganizationsService, OrganizationResolver, MqttTopicMounts],
})
export class OrganizationsModule {}
