import { Injectable } from '@nestjs/common';
import { Page } from '#kernel';
import { UserDirectory, type DirectoryUser } from '#organizations';
import { Database, type PageRequest } from '#platform/database';
import { IsNull } from 'typeorm';
import { normalEmail } from './active-user';
import { User } from './user.entity';

@Injectable()
export class StoredUserDirectory extends UserDirectory {
  constructor(private readonly database: Database) {
    super();
  }

  override page(
    ids: readonly string[],
    { page, limit, search }: PageRequest & { search?: string },
  ): Promise<Page<DirectoryUser>> {
    return this.database.asSystem(async (manager) => {
      const query = manager.createQueryBuilder(User, 'person').where('person.id = ANY(:ids)', { ids });
      query.andWhere('person.deletedAt IS NULL');
      if (search) {
        const text = `lower(person.firstName || ' ' || person.lastName || ' ' || person.email)`;
        query.andWhere(`strpos(${text}, lower(:search)) > 0`, { search });
      }
      query.orderBy('person.lastName').addOrderBy('person.firstName').addOrderBy('person.id');
      const [data, total] = await query
        .skip((page - 1) * limit)
        .take(limit)
        .getManyAndCount();
      return new Page(data.map(toDirectoryUser), { page, limit, total });
    });
  }

  override async find(id: string): Promise<DirectoryUser | undefined> {
    const user = await this.database.asSystem((manager) => manager.findOneBy(User, { id, deletedAt: IsNull() }));
    return user ? toDirectoryUser(user) : undefined;
  }

  override async findByEmail(email: string): Promise<DirectoryUser | undefined> {
    const where = { email: normalEmail(email), deletedAt: IsNull() };
    const user = await this.database.asSystem((manager) => manager.findOneBy(User, where));
    return user ? toDirectoryUser(user) : undefined;
  }
}

const toDirectoryUser = ({ id, email, firstName, lastName }: User): DirectoryUser => ({
  id,
  email,
  firstName,
  lastName,
});
