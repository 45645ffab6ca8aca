import { Injectable } from '@nestjs/common';
import { isId, newId, notFound, Page, type GrantedScope } from '#kernel';
import { Database, type PageRequest } from '#platform/database';
import type { FindOptionsOrder } from 'typeorm';
import { AccessToken } from './access-token.entity';

/** Personal access tokens, always of one user: those of others do not exist. */
@Injectable()
export class AccessTokensRepository {
  constructor(private readonly database: Database) {}

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

  /** Whether one was revoked: the first time counts. */
  revoke(tokenHash: Buffer): Promise<boolean> {
    return this.database.asSystem(async (manager) => {
      const [, count] = await manager.query<[unknown, number]>(
        `UPDATE access_tokens SET revoked_at = now(), version = version + 1
         WHERE token_hash = $1 AND revoked_at IS NULL`,
        [tokenHash],
      );
      return count > 0;
    });
  }
}
