export * from './audit-retention';
export * from './audit-trail';
export * from './audit-trail.module';
export * from './call';
