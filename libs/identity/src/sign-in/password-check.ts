import { Injectable, type OnModuleInit } from '@nestjs/common';
import { hashPassword, randomToken, verifyPassword } from '#platform/crypto';
import { Bounded } from './bounded';

/** Argon2id takes 64 MiB each: two at once and a queue, so that a flood of sign-ins cannot take all memory. */
const AT_ONCE = 2;
const WAITING = 20;

/** Compares passwords, at the same cost whether there is a user or not. */
@Injectable()
export class PasswordCheck implements OnModuleInit {
  private readonly bounded = new Bounded(AT_ONCE, WAITING);
  /** Compared with where there is no user; made ahead, so that the first stranger waits no longer than the others. */
  private nobodysHash = '';

  async onModuleInit(): Promise<void> {
    this.nobodysHash = await hashPassword(randomToken());
  }

  /** @throws DomainError `unavailable` under a flood. */
  matches(password: string, hash: string | undefined): Promise<boolean> {
    return this.bounded.run(async () => {
      const verified = await verifyPassword(password, hash ?? this.nobodysHash);
      return verified && hash !== undefined;
    });
  }
}
