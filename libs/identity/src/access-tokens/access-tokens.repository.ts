import { Injectable } from '@nestjs/common';
import { isId, newId, notFound, Page, type GrantedScope } from '#kernel';
import { AuditTrail } from '#platform/audit';
import { Database, type PageRequest } from '#platform/database';
import type { FindOptionsOrder } from 'typeorm';
import { AccessToken } from './access-token.entity';

/** Personal access tokens, always of one user: those of others do not exist. */
@Injectable()
export class AccessTokensRepository {
  constructor(
    private readonly database: Database,
    private readonly audit: AuditTrail,
  ) {}

  page(
    userId: string,
    { page, limit, search }: PageRequest & { search?: string },
    order: FindOptionsOrder<AccessToken>,
  ): Promise<Page<AccessToken>> {
    return this.database.asSystem(async (manager) => {
      const query = manager.createQueryBuilder(AccessToken, 'token').where({ userId });
      if (search) query.andWhere('strpos(lower(token.name), lower(:search)) > 0', { search });
      for (const [field, direction] of Object.entries(order)) query.addOrderBy(`token.${field}`, direction as 'ASC');
      query.addOrderBy('token.id').skip((page - 1) * limit);
      const [data, total] = await query.take(limit).getManyAndCount();
      return new Page(data, { page, limit, total });
    });
  }

  /** @throws DomainError `not_found` */
  async get(userId: string, id: string): Promise<AccessToken> {
    if (!isId(id)) throw notFound('Access token');
    const token = await this.database.asSystem((manager) => manager.findOneBy(AccessToken, { id, userId }));
    if (!token) throw notFound('Access token');
    return token;
  }

  async insert(
    userId: string,
    values: { name: string; scopes: GrantedScope[]; tokenHash: Buffer; expiresAt: Date },
  ): Promise<AccessToken> {
    const id = newId();
    await this.database.asSystem((manager) => manager.insert(AccessToken, { id, userId, ...values }));
    return this.get(userId, id);
  }

  /** Written to the trail here, since clients revoke tokens too (RFC 7009). */
  async revoke(tokenHash: Buffer): Promise<void> {
    await this.database.asSystem(async (manager) => {
      const [[token]] = await manager.query<[{ id: string; name: string; user_id: string }[], number]>(
        `UPDATE access_tokens SET revoked_at = now(), version = version + 1
         WHERE token_hash = $1 AND revoked_at IS NULL RETURNING id, name, user_id`,
        [tokenHash],
      );
      if (!token) return;
      const entity = { type: 'access-token', id: token.id, name: token.name };
      await this.audit.record({ action: 'access-token.revoke', entity, details: { userId: token.user_id } });
    });
  }
}
