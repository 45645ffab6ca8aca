import { Injectable } from '@nestjs/common';
import { Database } from '#platform/database';
import { IsNull } from 'typeorm';
import { User } from './user.entity';

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

  /** @throws Error for ids that are not of a user. */
  get(id: string): Promise<User> {
    return this.database.asSystem((manager) => manager.findOneByOrFail(User, { id }));
  }
}
