import { Injectable, type OnModuleInit } from '@nestjs/common';
import { hashPassword, randomToken, verifyPassword } from '#platform/crypto';
import { normalPassword } from '../passwords/password-rules';
import { Bounded } from './bounded';

/** Argon2id takes 64 MiB each: two at once and a queue, so that a flood of sign-ins cannot take all memory. */
const AT_ONCE = 2;
const WAITING = 20;

/** Hashes and compares passwords, the latter at the same cost whether there is a user or not. */
@Injectable()
export class PasswordCheck implements OnModuleInit {
  private readonly bounded = new Bounded(AT_ONCE, WAITING);
  /** Compared with where there is no user; made ahead, so that the first stranger waits no longer than the others. */
  private nobodysHash = '';

  async onModuleInit(): Promise<void> {
    this.nobodysHash = await hashPassword(randomToken());
  }

  /** Work around `matches` or `hash`: only what runs inside may call them. @throws DomainError `unavailable` under a flood. */
  inTurn<T>(work: () => Promise<T>): Promise<T> {
    return this.bounded.run(work);
  }

  /** Also with the hash of a password that was never normalized. Call it `inTurn`. */
  async matches(password: string, hash: string | undefined): Promise<boolean> {
    for (const form of new Set([normalPassword(password), password])) {
      const verified = await verifyPassword(form, hash ?? this.nobodysHash);
      if (verified && hash !== undefined) return true;
    }
    return false;
  }

  /** Call it `inTurn`. */
  hash(password: string): Promise<string> {
    return hashPassword(normalPassword(password));
  }
}
