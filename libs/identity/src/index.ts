export { FirstStart, type FirstStartResult } from './first-start';
export { IdentityHttpModule } from './identity-http.module';
export { IdentityModule } from './identity.module';
export { identitySchema } from './identity.schema';
