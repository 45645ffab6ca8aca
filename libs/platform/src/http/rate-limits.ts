import { Injectable } from '@nestjs/common';
import { DomainError } from '#kernel';
import { RateLimiterMemory, RateLimiterRes } from 'rate-limiter-flexible';
import { Config } from '../config';

/** Two limits, each counted in this process: requests of a credential, and refused credentials of an address. */
@Injectable()
export class RateLimits {
  private readonly credentials: RateLimiterMemory | undefined;
  private readonly refusals: RateLimiterMemory | undefined;

  constructor({ limits }: Config) {
    this.credentials = limiter(limits.requestsPerSecond, 1);
    this.refusals = limiter(limits.refusalsPerMinute, 60);
  }

  /** @throws DomainError `too_many_requests` while the address has used up its refusals. */
  async checkAddress(address: string): Promise<void> {
    const state = await this.refusals?.get(address);
    if (state && state.consumedPoints >= this.refusals!.points) throw tooMany(state);
  }

  async countRefusal(address: string): Promise<void> {
    await this.refusals?.penalty(address);
  }

  /** @throws DomainError `too_many_requests` when the credential has used up this second's requests. */
  async checkCredential(id: string): Promise<void> {
    try {
      await this.credentials?.consume(id);
    } catch (error) {
      throw error instanceof RateLimiterRes ? tooMany(error) : error;
    }
  }
}

const limiter = (points: number, duration: number): RateLimiterMemory | undefined =>
  points === 0 ? undefined : new RateLimiterMemory({ points, duration });

export const tooMany = (state: RateLimiterRes): DomainError =>
  new DomainError('too_many_requests', 'Too many requests', undefined, Math.max(1, state.msBeforeNext / 1000));
