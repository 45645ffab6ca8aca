export { Administrators } from './users/administrators';
export { FirstStart, type FirstStartResult } from './users/first-start';
export { IdentityHttpModule } from './identity-http.module';
export { IdentityMaintenanceModule } from './identity-maintenance.module';
export { IdentityModule } from './identity.module';
export { identitySchema } from './identity.schema';
