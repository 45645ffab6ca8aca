import type { Actor } from '#kernel';
import type { Session } from '../sign-in/session.entity';

export class SessionView {
  /** @example "0192f0c1-7d5e-7c3a-9a51-1f2f6a0b3c4d" */
  id!: string;

  /** Whether it makes this request. */
  current!: boolean;

  /** Where it was signed in from. @example "192.0.2.17" */
  address!: string;

  /** What the browser or program called itself. */
  userAgent!: string | null;

  createdAt!: Date;

  /** Exact to the minute. After two hours without use the session ends. */
  lastSeenAt!: Date;

  /** When it ends at the latest. */
  expiresAt!: Date;
}

export const toSessionView = (session: Session, { credential }: Actor): SessionView => ({
  id: session.id,
  current: credential.kind === 'session' && credential.id === session.id,
  address: session.address,
  userAgent: session.userAgent,
  createdAt: session.createdAt,
  lastSeenAt: session.lastSeenAt,
  expiresAt: session.expiresAt,
});
