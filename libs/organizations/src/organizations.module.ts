import { Module } from '@nestjs/common';
import { AuditRetention } from '#platform/audit';
import { OrganizationResolver } from '#platform/http';
import { MqttTopicMounts } from '#platform/mqtt';
import { ManagedRoles } from './members/managed-roles';
import { MembershipService } from './membership.service';
import { OrganizationTopicMounts } from './organization-topic-mounts';
import { OrganizationsService } from './organizations.service';
import { StoredAuditRetention } from './settings/stored-audit-retention';
import { OrganizationSettings } from './settings/organization-settings';

@Module({
  providers: [
    ManagedRoles,
    OrganizationSettings,
    OrganizationsService,
    { provide: AuditRetention, useClass: StoredAuditRetention },
    { provide: OrganizationResolver, useClass: MembershipService },
    { provide: MqttTopicMounts, useClass: OrganizationTopicMounts },
  ],
  exports: [
    AuditRetention,
    ManagedRoles,
    OrganizationSettings,
    OrganizationsService,
    OrganizationResolver,
    MqttTopicMounts,
  ],
})
export class OrganizationsModule {}
