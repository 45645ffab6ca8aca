export { Membership } from './members/membership.entity';
export { Organization } from './organization.entity';
export { OrganizationsHttpModule } from './organizations-http.module';
export { OrganizationsModule } from './organizations.module';
export { organizationsSchema } from './organizations.schema';
export { UserDirectory, type DirectoryUser } from './members/user-directory';
export { OrganizationSettings } from './settings/organization-settings';
export { type Settings } from './settings/settings';
export { OrganizationsService, type OwnOrganization } from './organizations.service';
