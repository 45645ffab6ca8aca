import { createHash } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { Database } from '#platform/database';
import { tooMany } from '#platform/http';
import { RateLimiterPostgres, RateLimiterRes } from 'rate-limiter-flexible';

const WINDOW_SECONDS = 15 * 60;

/** Guesses at one account from one address, which is somebody who forgot, or who guesses. */
const FROM_ONE_ADDRESS = 10;

/** Guesses at one account from everywhere. Addresses it was signed in from before are not held to it. */
const FROM_ALL_ADDRESSES = 100;

/** Sessions are kept a month after their end: as long is the address they came from known. */
const KNOWN_ADDRESS = `
  SELECT 1 FROM sessions s JOIN users u ON u.id = s.user_id
  WHERE u.email = $1 AND u.deleted_at IS NULL AND s.address = $2 LIMIT 1`;

interface Statement {
  text: string;
  values: unknown[];
}

/**
 * Holds up guessing at passwords, counted in the database: together for all processes. Addresses that try many
 * accounts are held up by the platform's limit of refusals.
 */
@Injectable()
export class SignInThrottle {
  private readonly pairs: RateLimiterPostgres;
  private readonly accounts: RateLimiterPostgres;

  constructor(private readonly database: Database) {
    const limiter = (keyPrefix: string, points: number): RateLimiterPostgres =>
      new RateLimiterPostgres({
        storeClient: { query: (statement: Statement) => this.query(statement) },
        storeType: 'client',
        tableName: 'sign_in_attempts',
        tableCreated: true,
        clearExpiredByTimeout: false,
        keyPrefix,
        points,
        duration: WINDOW_SECONDS,
      });
    this.pairs = limiter('pair', FROM_ONE_ADDRESS);
    this.accounts = limiter('account', FROM_ALL_ADDRESSES);
  }

  /**
   * Counts an attempt before its password is looked at, so that many at once count too.
   * @throws DomainError `too_many_requests` after 10 attempts in 15 minutes from the address, or 100 from everywhere
   * where the address is not one that the account was signed in from before: strangers cannot keep the owner out.
   */
  async count(email: string, address: string): Promise<void> {
    try {
      await this.pairs.consume(keyOf(email, address));
    } catch (error) {
      throw refusal(error);
    }
    try {
      await this.accounts.consume(keyOf(email));
    } catch (error) {
      if (!(error instanceof RateLimiterRes) || !(await this.isKnown(email, address))) throw refusal(error);
    }
  }

  /** The attempt was right: it and those before it from there are forgiven. */
  async forgive(email: string, address: string): Promise<void> {
    await this.pairs.delete(keyOf(email, address));
    await this.accounts.reward(keyOf(email));
  }

  private async isKnown(email: string, address: string): Promise<boolean> {
    const { rowCount } = await this.query({ text: KNOWN_ADDRESS, values: [email, address] });
    return rowCount > 0;
  }

  /** What the library takes for a connection of `pg`. */
  private async query({ text, values }: Statement): Promise<{ rows: unknown[]; rowCount: number }> {
    const rows = await this.database.asSystem((manager) => manager.query<unknown[]>(text, values));
    return { rows, rowCount: rows.length };
  }
}

const keyOf = (...parts: string[]): string => createHash('sha256').update(parts.join('\0')).digest('base64url');

const refusal = (error: unknown): unknown => (error instanceof RateLimiterRes ? tooMany(error) : error);
