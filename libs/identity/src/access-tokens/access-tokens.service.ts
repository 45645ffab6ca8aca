import { Injectable } from '@nestjs/common';
import { invalid, Page, type Actor } from '#kernel';
import { AuditTrail } from '#platform/audit';
import { tokenHash } from '#platform/crypto';
import { Database } from '#platform/database';
import { insufficientScope, parseSort, type ListQuery } from '#platform/http';
import { AccessTokensRepository } from './access-tokens.repository';
import { CredentialService } from '../credentials/credential.service';
import {
  toAccessTokenView,
  type AccessTokenView,
  type CreateAccessToken,
  type NewAccessTokenView,
} from './access-token.dto';
import { uncoveredScope, unknownScope } from '../credentials/scope-rules';
import { newAccessToken } from '../credentials/tokens';

const DAY_MS = 86_400_000;
const SORTABLE = ['name', 'createdAt', 'lastUsedAt', 'expiresAt'] as const;

@Injectable()
export class AccessTokensService {
  constructor(
    private readonly database: Database,
    private readonly tokens: AccessTokensRepository,
    private readonly credentials: CredentialService,
    private readonly audit: AuditTrail,
  ) {}

  async list({ userId }: Actor, query: ListQuery): Promise<Page<AccessTokenView>> {
    const order = parseSort(query.sort ?? '-createdAt', SORTABLE, 'createdAt');
    const { data, meta } = await this.tokens.page(userId, query, order);
    return new Page(data.map(toAccessTokenView), meta);
  }

  async get({ userId }: Actor, id: string): Promise<AccessTokenView> {
    return toAccessTokenView(await this.tokens.get(userId, id));
  }

  /** @throws DomainError `bad_request` for unknown scopes, `insufficient_scope` for more than the caller's credential has. */
  async create(
    { userId, granted }: Actor,
    { name, expiresInDays, scopes }: CreateAccessToken,
  ): Promise<NewAccessTokenView> {
    const unknown = unknownScope(scopes);
    if (unknown !== undefined) throw invalid({ field: 'scopes', message: `Scope ${unknown} is not known` });
    const uncovered = uncoveredScope(granted, scopes);
    if (uncovered !== undefined) throw insufficientScope(uncovered);
    const token = newAccessToken();
    const values = { name, scopes: [...new Set(scopes)], expiresAt: new Date(Date.now() + expiresInDays * DAY_MS) };
    const row = await this.database.asSystem(async () => {
      const row = await this.tokens.insert(userId, { ...values, tokenHash: tokenHash(token) });
      const details = { scopes: values.scopes, expiresAt: values.expiresAt.toISOString() };
      await this.audit.record({
        action: 'access-token.create',
        entity: { type: 'access-token', id: row.id, name },
        details,
      });
      return row;
    });
    return { ...toAccessTokenView(row), token };
  }

  async revoke({ userId }: Actor, id: string): Promise<void> {
    const token = await this.tokens.get(userId, id);
    await this.tokens.revoke(token.tokenHash);
    this.credentials.forget(token.tokenHash);
  }
}
