import { Injectable } from '@nestjs/common';
import { tooMany } from '#platform/http';
import { RateLimiterMemory, RateLimiterRes } from 'rate-limiter-flexible';

const WINDOW_SECONDS = 15 * 60;

/** Guesses at one account from one address, which is somebody who forgot, or who guesses. */
const FROM_ONE_ADDRESS = 10;

/** Guesses at one account from everywhere; higher, since it also keeps the owner out. */
const FROM_ALL_ADDRESSES = 100;

/** Holds up guessing at passwords. Addresses that try many accounts are held up by the platform's limit of refusals. */
@Injectable()
export class SignInThrottle {
  private readonly pairs = new RateLimiterMemory({ points: FROM_ONE_ADDRESS, duration: WINDOW_SECONDS });
  private readonly accounts = new RateLimiterMemory({ points: FROM_ALL_ADDRESSES, duration: WINDOW_SECONDS });

  /** Counts an attempt before its password is looked at, so that many at once count too. @throws DomainError `too_many_requests`. */
  async count(email: string, address: string): Promise<void> {
    try {
      await this.pairs.consume(pair(email, address));
      await this.accounts.consume(email);
    } catch (error) {
      throw error instanceof RateLimiterRes ? tooMany(error) : error;
    }
  }

  /** The attempt was right: it and those before it from there are forgiven. */
  async forgive(email: string, address: string): Promise<void> {
    await this.pairs.delete(pair(email, address));
    await this.accounts.reward(email);
  }
}

const pair = (email: string, address: string): string => `${address} ${email}`;
