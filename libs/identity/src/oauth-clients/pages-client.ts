import { Injectable, type OnModuleInit } from '@nestjs/common';
import type { GrantedScope } from '#kernel';
import { Config } from '#platform/config';
import { Database } from '#platform/database';
import { PAGES_CLIENT_ID, PAGES_REDIRECT_PATH } from '#platform/http';
import { ensureBuiltInClient } from './built-in-client';

/** What the pages do, and no more. */
const SCOPES: readonly GrantedScope[] = [
  'openid',
  'profile',
  'dashboards:read',
  'dashboards:write',
  'uns:read',
  'uns:publish',
  'dependencies:read',
];

/** The built-in client of the web pages. Its redirect URI follows HUB_PUBLIC_URL; nobody is asked to allow it. */
@Injectable()
export class PagesClient implements OnModuleInit {
  constructor(
    private readonly config: Config,
    private readonly database: Database,
  ) {}

  onModuleInit(): Promise<void> {
    return ensureBuiltInClient(this.database, {
      clientId: PAGES_CLIENT_ID,
      name: 'MaestroHub',
      description: 'Signs people in to the dashboards, the topic explorer and the graph of dependencies',
      redirectUri: this.config.http.publicUrl + PAGES_REDIRECT_PATH,
      scopes: SCOPES,
    });
  }
}
