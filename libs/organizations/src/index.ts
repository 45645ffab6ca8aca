export { ManagedRoles } from './managed-roles';
export { Membership } from './membership.entity';
export { Organization } from './organization.entity';
export { OrganizationsHttpModule } from './organizations-http.module';
export { OrganizationsModule } from './organizations.module';
export { organizationsSchema } from './organizations.schema';
export { OrganizationsService, type OwnOrganization } from './organizations.service';
