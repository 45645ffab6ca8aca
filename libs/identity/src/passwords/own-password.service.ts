import { Injectable } from '@nestjs/common';
import type { Actor } from '#kernel';
import { PasswordSignIn } from '../sign-in/password-sign-in';
import { UsersRepository } from '../users/users.repository';
import type { ChangePassword } from './password.dto';
import { PasswordsService } from './passwords.service';

@Injectable()
export class OwnPasswordService {
  constructor(
    private readonly users: UsersRepository,
    private readonly signIn: PasswordSignIn,
    private readonly passwords: PasswordsService,
  ) {}

  /** @throws DomainError as `PasswordSignIn.confirm` and `PasswordsService.change`. */
  async change({ userId, credential }: Actor, request: ChangePassword, address: string): Promise<void> {
    const user = await this.users.get(userId);
    await this.signIn.confirm(user, request.currentPassword, address);
    await this.passwords.change(user, request.newPassword, credential.kind === 'session' ? credential.id : undefined);
  }
}
