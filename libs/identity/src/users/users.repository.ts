import { Injectable } from '@nestjs/common';
import { conflict, isId, newId, notFound, Page } from '#kernel';
import type { OwnOrganization } from '#organizations';
import { Database, isUniqueViolation, staleVersion, type PageRequest } from '#platform/database';
import { In, IsNull, Not, type FindOptionsOrder, type QueryDeepPartialEntity } from 'typeorm';
import { User } from './user.entity';

/** One change of who is a system administrator at a time, or two at once could leave none. */
const ADMINISTRATORS_LOCK = 7_243_012;

const MOST_ORGANIZATIONS = 100;
const MOST_CLIENTS = 100;

const ORGANIZATIONS = `
  SELECT u.id AS "userId", o.id, o.name, o.role FROM unnest($1::uuid[]) AS u(id) CROSS JOIN LATERAL (
    SELECT o.id, o.name, m.role FROM memberships m JOIN organizations o ON o.id = m.organization_id
    WHERE m.user_id = u.id ORDER BY o.name, o.id LIMIT ${MOST_ORGANIZATIONS}) o`;

const CLIENTS_OF_SERVICE_USER = `
  SELECT id, name FROM oauth_clients WHERE service_user_id = $1 ORDER BY name, id LIMIT ${MOST_CLIENTS}`;

interface Standing extends OwnOrganization {
  userId: string;
}

const withoutUser = ({ id, name, role }: Standing): OwnOrganization => ({ id, name, role });

export interface UserFilter extends PageRequest {
  search?: string;
  status?: User['status'];
  systemAdmin?: boolean;
  deleted: boolean;
}

type NewUser = Pick<User, 'email' | 'passwordHash' | 'firstName' | 'lastName' | 'systemAdmin' | 'createdBy'>;

@Injectable()
export class UsersRepository {
  constructor(private readonly database: Database) {}

  /** The user, unless deleted. */
  findByEmail(email: string): Promise<User | null> {
    return this.database.asSystem((manager) => manager.findOneBy(User, { email, deletedAt: IsNull() }));
  }

  /** Somebody in whose name things may be done now. */
  findActive(id: string): Promise<User | null> {
    return this.database.asSystem((manager) => manager.findOneBy(User, { id, status: 'active', deletedAt: IsNull() }));
  }

  /** Those of the ids that are of users, deleted ones too, in no order. */
  findMany(ids: readonly string[]): Promise<User[]> {
    return this.database.asSystem((manager) => manager.findBy(User, { id: In(ids) }));
  }

  /** @throws Error for ids that are not of a user. */
  get(id: string): Promise<User> {
    return this.database.asSystem((manager) => manager.findOneByOrFail(User, { id }));
  }

  /** @throws DomainError `not_found` also for those who are deleted, or who are not where `deleted` is asked for. */
  async getBy(id: string, { deleted }: { deleted: boolean }): Promise<User> {
    const deletedAt = deleted ? Not(IsNull()) : IsNull();
    const user = isId(id)
      ? await this.database.asSystem((manager) => manager.findOneBy(User, { id, deletedAt }))
      : undefined;
    if (!user) throw notFound('User');
    return user;
  }

  /** For a change in the open transaction: nobody else changes the row before its end. @throws DomainError `not_found` */
  async lock(id: string): Promise<User> {
    const mode = 'for_no_key_update';
    const user = isId(id)
      ? await this.database.asSystem((manager) => manager.findOne(User, { where: { id }, lock: { mode } }))
      : undefined;
    if (!user) throw notFound('User');
    return user;
  }

  page({ page, limit, search, status, systemAdmin, deleted }: UserFilter, order: FindOptionsOrder<User>) {
    return this.database.asSystem(async (manager) => {
      const query = manager.createQueryBuilder(User, 'user');
      query.where(`user.deletedAt IS ${deleted ? 'NOT NULL' : 'NULL'}`);
      if (status !== undefined) query.andWhere({ status });
      if (systemAdmin !== undefined) query.andWhere({ systemAdmin });
      const text = `lower(user.email || ' ' || user.firstName || ' ' || user.lastName)`;
      if (search) query.andWhere(`strpos(${text}, lower(:search)) > 0`, { search });
      for (const [field, direction] of Object.entries(order)) query.addOrderBy(`user.${field}`, direction as 'ASC');
      query.addOrderBy('user.id').skip((page - 1) * limit);
      const [data, total] = await query.take(limit).getManyAndCount();
      return new Page(data, { page, limit, total });
    });
  }

  /** Memberships of many users at once, by name; of each user the first 100. */
  async organizationsOf(userIds: readonly string[]): Promise<Map<string, OwnOrganization[]>> {
    const rows = await this.database.asSystem((manager) => manager.query<Standing[]>(ORGANIZATIONS, [userIds]));
    const byUser = Map.groupBy(rows, ({ userId }) => userId);
    return new Map(userIds.map((id) => [id, (byUser.get(id) ?? []).map(withoutUser)]));
  }

  /** The OAuth2 clients that act in the user's name by client credentials. */
  clientsServedBy(userId: string): Promise<{ id: string; name: string }[]> {
    return this.database.asSystem((manager) => manager.query(CLIENTS_OF_SERVICE_USER, [userId]));
  }

  /** @throws DomainError `conflict` when the address is taken. */
  async insert(values: NewUser): Promise<User> {
    const id = newId();
    await this.unlessTaken(() =>
      this.database.asSystem((manager) => manager.insert(User, { id, ...values, updatedBy: values.createdBy })),
    );
    return this.get(id);
  }

  /** @throws DomainError `conflict` when the address is taken; `precondition_failed` when it is no longer at that version. */
  async update({ id, version }: User, change: QueryDeepPartialEntity<User>): Promise<User> {
    return this.database.asSystem(async (manager) => {
      const { affected } = await this.unlessTaken(() =>
        manager.update(User, { id, version }, { ...change, version: version + 1 }),
      );
      if (affected === 0) throw staleVersion();
      return this.get(id);
    });
  }

  /** In place of the password that the user was read with; undefined when that is no longer so, or they may not sign in. */
  replacePassword(
    { id, passwordHash: current }: User,
    { passwordHash, required, by }: { passwordHash: string; required: boolean; by: string },
  ): Promise<User | undefined> {
    return this.database.asSystem(async (manager) => {
      const { affected } = await manager.update(
        User,
        { id, passwordHash: current, status: 'active', deletedAt: IsNull() },
        { passwordHash, passwordChangeRequired: required, updatedBy: by, version: () => 'version + 1' },
      );
      return affected ? this.get(id) : undefined;
    });
  }

  /** Whether the sign-in still holds: nobody took the right or the password away since it was read. */
  noteSignIn({ id, passwordHash }: User): Promise<boolean> {
    return this.database.asSystem(async (manager) => {
      // By hand: signing in is no change of the user, so `updated_at` stays.
      const [, count] = await manager.query<[unknown, number]>(
        `UPDATE users SET last_login_at = now()
         WHERE id = $1 AND password_hash = $2 AND status = 'active' AND deleted_at IS NULL`,
        [id, passwordHash],
      );
      return count > 0;
    });
  }

  /**
   * Called before somebody stops being an active system administrator, in the transaction that does it; others who do
   * the like wait for its end. @throws DomainError `conflict` when nobody else is one.
   */
  async requireAnotherAdministrator(id: string): Promise<void> {
    const others = await this.database.asSystem(async (manager) => {
      await manager.query('SELECT pg_advisory_xact_lock($1)', [ADMINISTRATORS_LOCK]);
      const administrator = { systemAdmin: true, status: 'active', deletedAt: IsNull() } as const;
      return manager.countBy(User, { ...administrator, id: Not(id) });
    });
    if (others === 0) throw conflict('The last active system administrator must stay one');
  }

  private async unlessTaken<T>(work: () => Promise<T>): Promise<T> {
    try {
      return await work();
    } catch (error) {
      if (isUniqueViolation(error, 'users_email_key')) throw conflict('E-mail address is taken');
      throw error;
    }
  }
}
