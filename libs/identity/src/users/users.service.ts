import { Injectable } from '@nestjs/common';
import { ALL_SCOPES, conflict, notFound, Page, type Actor, type JsonValue } from '#kernel';
import { AuditTrail, changesBetween } from '#platform/audit';
import { Database, requireVersion, type SeenVersion } from '#platform/database';
import { insufficientScope, parseSort } from '#platform/http';
import { uncoveredScope } from '../credentials/scope-rules';
import { PasswordsService } from '../passwords/passwords.service';
import { normalEmail } from './active-user';
import { readablePassword } from './readable-password';
import { UserAccess } from './user-access';
import {
  toAdminUserView,
  type AdminUserView,
  type ChangeUserStatus,
  type CreateUser,
  type ResetPassword,
  type ResetPasswordView,
  type UpdateUser,
  type UserListQuery,
} from './user.dto';
import type { User } from './user.entity';
import { UsersRepository } from './users.repository';

const SORTABLE = ['email', 'firstName', 'lastName', 'status', 'createdAt', 'updatedAt', 'lastLoginAt'] as const;

const AUDITED = ['email', 'firstName', 'lastName', 'systemAdmin', 'status', 'statusReason'] as const;

const STATUS_ACTIONS = { active: 'user.activate', inactive: 'user.deactivate', locked: 'user.lock' } as const;

/** Administration of users by system administrators. */
@Injectable()
export class UsersService {
  constructor(
    private readonly database: Database,
    private readonly users: UsersRepository,
    private readonly access: UserAccess,
    private readonly passwords: PasswordsService,
    private readonly audit: AuditTrail,
  ) {}

  async list(query: UserListQuery): Promise<Page<AdminUserView>> {
    const order = parseSort(query.sort, SORTABLE, 'email');
    const { data, meta } = await this.users.page({ ...query, deleted: query.deleted ?? false }, order);
    return new Page(await this.views(data), meta);
  }

  async get(id: string, deleted = false): Promise<AdminUserView> {
    return this.view(await this.users.getBy(id, { deleted }));
  }

  /** @throws DomainError `bad_request` for a password that breaks the rules; `conflict` when the address is taken. */
  async create(actor: Actor, request: CreateUser): Promise<AdminUserView> {
    if (request.systemAdmin) requireAllScopes(actor);
    const passwordHash = await this.passwords.accept('password', request.password, request);
    const { firstName, lastName, systemAdmin } = request;
    const values = { email: normalEmail(request.email), firstName, lastName, systemAdmin };
    return this.database.asSystem(async () => {
      const user = await this.users.insert({ ...values, passwordHash, createdBy: actor.userId });
      await this.record('user.create', user, values);
      return this.view(user);
    });
  }

  /** @throws DomainError `conflict` for an address that is taken, and for the last system administrator. */
  update(actor: Actor, id: string, ifMatch: SeenVersion, request: UpdateUser): Promise<AdminUserView> {
    const change = givenIn(request);
    return this.changing(id, ifMatch, async (user) => {
      if (change.systemAdmin && !user.systemAdmin) requireAllScopes(actor);
      if (change.systemAdmin === false) await this.requireAnotherAdministrator(user);
      const changes = changesBetween(user, { ...user, ...change }, AUDITED);
      if (Object.keys(changes).length === 0) return user;
      const changed = await this.users.update(user, { ...change, updatedBy: actor.userId });
      await this.audit.record({ action: 'user.update', entity: entityOf(changed), changes });
      return changed;
    });
  }

  /** @throws DomainError `conflict` for oneself and for the last system administrator. */
  setStatus(actor: Actor, id: string, ifMatch: SeenVersion, request: ChangeUserStatus): Promise<AdminUserView> {
    const { status } = request;
    const statusReason = status === 'active' ? null : request.reason || null;
    return this.changing(id, ifMatch, async (user) => {
      const changes = changesBetween(user, { ...user, status, statusReason }, AUDITED);
      if (Object.keys(changes).length === 0) return user;
      if (status !== 'active') {
        if (user.id === actor.userId) throw conflict(`You cannot make yourself ${status}`);
        await this.requireAnotherAdministrator(user);
      }
      const changed = await this.users.update(user, { status, statusReason, updatedBy: actor.userId });
      const details = request.reason ? { reason: request.reason } : undefined;
      await this.audit.record({ action: STATUS_ACTIONS[status], entity: entityOf(user), changes, details });
      return changed;
    });
  }

  /**
   * Marks the user as deleted and ends all they have access with.
   * @throws DomainError `conflict` for oneself, for the last system administrator, and, unless forced, with
   * `details.dependents` while clients act in the user's name.
   */
  async delete(actor: Actor, id: string, force = false): Promise<void> {
    const ended = await this.database.asSystem(async () => {
      const user = await this.present(id);
      if (user.id === actor.userId) throw conflict('You cannot delete yourself');
      await this.requireAnotherAdministrator(user);
      const clients = await this.users.clientsServedBy(user.id);
      if (clients.length > 0 && !force) {
        const dependents = clients.map((client) => ({ type: 'client', ...client }));
        throw conflict('OAuth2 clients act in the name of the user', { dependents });
      }
      await this.users.update(user, { deletedAt: new Date(), updatedBy: actor.userId });
      const ended = await this.access.end(user.id, { tokens: true });
      await this.record('user.delete', user, { ...ended.counts, clients: clients.map((client) => client.id) });
      return ended;
    });
    this.access.forget(ended);
  }

  /** With memberships as they were; whoever it is has to sign in anew. @throws DomainError `conflict` when the address was taken. */
  restore(actor: Actor, id: string): Promise<AdminUserView> {
    return this.database.asSystem(async () => {
      const user = await this.users.lock(id);
      if (!user.deletedAt) throw conflict('User is not deleted');
      if (user.systemAdmin) requireAllScopes(actor);
      const restored = await this.users.update(user, { deletedAt: null, updatedBy: actor.userId });
      await this.record('user.restore', restored);
      return this.view(restored);
    });
  }

  /** Ends the user's sessions and grants. @throws DomainError `conflict` for oneself; `bad_request` as for `create`. */
  async resetPassword(actor: Actor, id: string, request: ResetPassword): Promise<ResetPasswordView> {
    const owner = await this.users.getBy(id, { deleted: false });
    if (owner.id === actor.userId) throw conflict('Your own password is changed by POST /auth/password');
    if (owner.systemAdmin) requireAllScopes(actor);
    const password = request.password ?? readablePassword();
    const passwordHash = await this.passwords.accept('password', password, owner);
    const ended = await this.database.asSystem(async () => {
      const user = await this.present(id);
      // Read again: it may have become one while the password was hashed.
      if (user.systemAdmin) requireAllScopes(actor);
      await this.users.update(user, { passwordHash, passwordChangeRequired: true, updatedBy: actor.userId });
      const ended = await this.access.end(user.id, { tokens: request.revokeTokens });
      await this.record('user.reset-password', user, ended.counts);
      return ended;
    });
    this.access.forget(ended);
    return { id: owner.id, ...(request.password === undefined && { password }), passwordChangeRequired: true };
  }

  private changing(id: string, ifMatch: SeenVersion, change: (user: User) => Promise<User>): Promise<AdminUserView> {
    return this.database.asSystem(async () => {
      const user = await this.present(id);
      requireVersion(user, ifMatch);
      return this.view(await change(user));
    });
  }

  private async present(id: string): Promise<User> {
    const user = await this.users.lock(id);
    if (user.deletedAt) throw notFound('User');
    return user;
  }

  private async requireAnotherAdministrator({ id, systemAdmin, status }: User): Promise<void> {
    if (systemAdmin && status === 'active') await this.users.requireAnotherAdministrator(id);
  }

  private async record(action: string, user: User, details?: { [name: string]: JsonValue }): Promise<void> {
    await this.audit.record({ action, entity: entityOf(user), details });
  }

  private async view(user: User): Promise<AdminUserView> {
    return (await this.views([user]))[0]!;
  }

  private async views(users: User[]): Promise<AdminUserView[]> {
    const organizations = await this.users.organizationsOf(users.map(({ id }) => id));
    return users.map((user) => toAdminUserView(user, organizations.get(user.id)!));
  }
}

const entityOf = ({ id, email }: User) => ({ type: 'user', id, name: email });

/** Fields that a request leaves out are there all the same, as undefined. */
function givenIn({ email, ...others }: UpdateUser): UpdateUser {
  const fields = { ...others, email: email === undefined ? undefined : normalEmail(email) };
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined));
}

/** Whoever makes a system administrator, or gets hold of one's password, can do everything afterwards. */
function requireAllScopes({ granted }: Actor): void {
  const uncovered = uncoveredScope(granted, ALL_SCOPES);
  if (uncovered !== undefined) throw insufficientScope(uncovered);
}
