import { LRUCache } from 'lru-cache';
import type { Session } from '../protocols';
import { ConnectorError } from './connector-error';

/** Sessions that one process keeps open; the least recently used makes room. */
const MOST_SESSIONS = 500;
/** Milliseconds without a call after which a session is closed. */
const IDLE_MS = 5 * 60_000;
/** Calls of one connection at the same time in one process, those that wait for a socket included. */
const MOST_CALLS = 200;

/** One open session, with those that use it. */
class Lease {
  users = 0;
  private retired = false;

  constructor(
    readonly version: number,
    readonly outbound: unknown,
    private readonly session: Promise<Session>,
  ) {}

  async use<T>(work: (session: Session) => Promise<T>): Promise<T> {
    if (this.users >= MOST_CALLS) {
      throw new ConnectorError(`The connection has ${MOST_CALLS} calls under way already`, { retryable: true });
    }
    this.users++;
    try {
      return await work(await this.session);
    } finally {
      this.users--;
      if (this.retired) void this.closeIfFree();
    }
  }

  /** Closed now, or by the last who uses it. */
  retire(): Promise<void> {
    this.retired = true;
    return this.closeIfFree();
  }

  private async closeIfFree(): Promise<void> {
    if (this.users > 0) return;
    // One that never opened, or fails in closing, has nothing left to close.
    await this.session.then((session) => session.close()).catch(() => undefined);
  }
}

/** The open sessions of request protocols in this process, one for each connection. */
export class SessionPool {
  private readonly leases = new LRUCache<string, Lease>({
    max: MOST_SESSIONS,
    ttl: IDLE_MS,
    updateAgeOnGet: true,
    ttlAutopurge: true,
    dispose: (lease) => void lease.retire(),
  });

  /**
   * Works with the session of a connection at that version and by those outbound rules, opened where there is none. One that
   * fails to open, or is lost, is not kept.
   */
  async use<T>(
    { id, version, outbound }: { id: string; version: number; outbound?: unknown },
    open: (lost: () => void) => Promise<Session>,
    work: (session: Session) => Promise<T>,
  ): Promise<T> {
    const known = this.leases.get(id);
    // Whoever has read an older version has read it before the change; the next call is right again.
    if (known && known.version >= version && known.outbound === outbound) return known.use(work);
    const gone = (): void => {
      if (this.leases.peek(id) === lease) this.leases.delete(id);
    };
    const session = open(gone);
    const lease = new Lease(version, outbound, session);
    this.leases.set(id, lease);
    session.catch(gone);
    return lease.use(work);
  }

  /** Closes the session of a connection that is to be used no more. */
  drop(id: string): void {
    this.leases.delete(id);
  }

  /** Closes those that nobody uses; the others are closed by their last users. */
  async close(): Promise<void> {
    const leases = [...this.leases.values()];
    this.leases.clear();
    await Promise.all(leases.map((lease) => lease.retire()));
  }
}
