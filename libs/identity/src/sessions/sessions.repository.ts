import { Injectable } from '@nestjs/common';
import { isId, Page } from '#kernel';
import { Database, type PageRequest } from '#platform/database';
import type { FindOptionsOrder } from 'typeorm';
import { Session } from '../sign-in/session.entity';
import { LIVE_SESSION, MOST_SESSIONS } from './live-session';

const END = `
  UPDATE sessions s SET revoked_at = now() WHERE s.user_id = $1 AND s.id = $2 AND ${LIVE_SESSION} RETURNING token_hash`;

const END_SURPLUS = `
  UPDATE sessions SET revoked_at = now() WHERE id IN (
    SELECT s.id FROM sessions s WHERE s.user_id = $1 AND ${LIVE_SESSION}
    ORDER BY s.created_at DESC, s.id DESC OFFSET ${MOST_SESSIONS})`;

/** Sign-ins that are in force, always of one user: those of others do not exist. */
@Injectable()
export class SessionsRepository {
  constructor(private readonly database: Database) {}

  page(
    userId: string,
    { page, limit, search }: PageRequest & { search?: string },
    order: FindOptionsOrder<Session>,
  ): Promise<Page<Session>> {
    return this.database.asSystem(async (manager) => {
      // Columns, not properties: the condition is that of every other look at sessions.
      const query = manager.createQueryBuilder(Session, 's').where('s.userId = :userId', { userId });
      query.andWhere(LIVE_SESSION);
      const text = `lower(s.address || ' ' || coalesce(s.userAgent, ''))`;
      if (search) query.andWhere(`strpos(${text}, lower(:search)) > 0`, { search });
      for (const [field, direction] of Object.entries(order)) query.addOrderBy(`s.${field}`, direction as 'ASC');
      query.addOrderBy('s.id').skip((page - 1) * limit);
      const [data, total] = await query.take(limit).getManyAndCount();
      return new Page(data, { page, limit, total });
    });
  }

  /** Ends the oldest beyond the number that one user may have. */
  async insert(values: Pick<Session, 'id' | 'userId' | 'tokenHash' | 'userAgent' | 'address' | 'expiresAt'>) {
    await this.database.asSystem(async (manager) => {
      await manager.insert(Session, values);
      await manager.query(END_SURPLUS, [values.userId]);
    });
  }

  /** The hash of the ended session's token; undefined where there is no such session in force. */
  end(userId: string, id: string): Promise<Buffer | undefined> {
    if (!isId(id)) return Promise.resolve(undefined);
    return this.database.asSystem(async (manager) => {
      const [rows] = await manager.query<[{ token_hash: Buffer }[], number]>(END, [userId, id]);
      return rows[0]?.token_hash;
    });
  }
}
