import { Injectable } from '@nestjs/common';
import { hashPassword, randomToken, verifyPassword } from '#platform/crypto';
import { Bounded } from './bounded';

/** Argon2id takes 64 MiB each: two at once and a queue, so that a flood of sign-ins cannot take all memory. */
const AT_ONCE = 2;
const WAITING = 100;

/** Compares passwords, at the same cost whether there is a user or not. */
@Injectable()
export class PasswordCheck {
  private readonly bounded = new Bounded(AT_ONCE, WAITING);
  private nobody: Promise<string> | undefined;

  /** @throws DomainError `unavailable` under a flood. */
  matches(password: string, hash: string | undefined): Promise<boolean> {
    return this.bounded.run(async () => {
      const verified = await verifyPassword(password, hash ?? (await this.nobodysHash()));
      return verified && hash !== undefined;
    });
  }

  private nobodysHash(): Promise<string> {
    return (this.nobody ??= hashPassword(randomToken()));
  }
}
