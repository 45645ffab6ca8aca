import { Injectable, type OnApplicationBootstrap } from '@nestjs/common';
import { DomainError, newId, type ErrorKind } from '#kernel';
import { SecretBox } from '#platform/crypto';
import { Database } from '#platform/database';
import { Lifecycle } from '#platform/lifecycle';
import { signal, Signals } from '#platform/signals';
import type { JsonObject } from '../protocols';
import { ConnectorError } from './connector-error';
import type { FunctionCall, FunctionResult } from './function-calls';

/** Milliseconds of a call that names no time. */
const DEFAULT_MS = 30_000;
/** So long a caller waits beyond a call's own time: the way there and back. */
const WAY_MS = 2_000;
/** A signal may be lost: so often callers and owners look without. */
const LOOK_MS = 1_000;
const MOST_AT_ONCE = 100;
const PURPOSE = 'connection_calls';

type Request = Omit<FunctionCall, 'signal'>;

type Reply =
  | { result: FunctionResult }
  | { connectorError: { message: string; retryable: boolean; details?: JsonObject } }
  | { domainError: { kind: ErrorKind; message: string; details?: object } }
  | { bug: string };

/**
 * Calls of live connections that another process owns, by rows that live for seconds. An owner takes a call at most once: one
 * whose owner dies ends by its time, and nobody knows whether it was made.
 */
@Injectable()
export class RemoteCalls implements OnApplicationBootstrap {
  private owner: string | undefined;
  private work: ((call: FunctionCall) => Promise<FunctionResult>) | undefined;
  private timer: NodeJS.Timeout | undefined;
  private readonly running = new Set<Promise<void>>();

  constructor(
    private readonly database: Database,
    private readonly box: SecretBox,
    private readonly signals: Signals,
    private readonly lifecycle: Lifecycle,
  ) {}

  onApplicationBootstrap(): void {
    this.lifecycle.atShutdown('drain', 'calls for other processes', async () => {
      clearInterval(this.timer);
      await Promise.all(this.running);
    });
  }

  /** Makes the calls that are meant for this owner. To be called once. */
  serve(owner: string, work: (call: FunctionCall) => Promise<FunctionResult>): void {
    this.owner = owner;
    this.work = work;
    this.signals.on('connection.call', (id) => {
      if (id === owner) void this.look();
    });
    this.timer = setInterval(() => void this.look(), LOOK_MS);
  }

  /** @throws ConnectorError; DomainError, as `FunctionCalls.call` */
  async call(owner: string, call: FunctionCall): Promise<FunctionResult> {
    const { signal: given, ...request } = call;
    const id = newId();
    const milliseconds = (request.timeoutMs ?? DEFAULT_MS) + WAY_MS;
    const replied = this.signals.once('connection.reply', id);
    try {
      await this.send(id, owner, request, milliseconds);
      return await this.reply(id, request, replied.seen, AbortSignal.any([given, AbortSignal.timeout(milliseconds)]));
    } finally {
      replied.forget();
      await this.forget(request.organizationId, id);
    }
  }

  private send(id: string, owner: string, request: Request, milliseconds: number): Promise<unknown> {
    const { organizationId } = request;
    return this.database.inOrganization(organizationId, async (manager) => {
      await manager.query(
        `INSERT INTO connection_calls (id, organization_id, owner, request, deadline)
         VALUES ($1, $2, $3, $4, now() + $5 * interval '1 millisecond')`,
        [id, organizationId, owner, this.seal(request), milliseconds],
      );
      await signal(manager, 'connection.call', [owner]);
    });
  }

  private async reply(id: string, request: Request, seen: Promise<void>, ended: AbortSignal): Promise<FunctionResult> {
    const aborted = Promise.withResolvers<void>();
    ended.addEventListener('abort', () => aborted.resolve(), { once: true });
    for (;;) {
      const timer = Promise.withResolvers<void>();
      const look = setTimeout(timer.resolve, LOOK_MS);
      await Promise.race([seen, aborted.promise, timer.promise]).finally(() => clearTimeout(look));
      const sealed = await this.read(request.organizationId, id);
      if (sealed) return resultOf(this.open<Reply>(sealed));
      if (ended.aborted) {
        const message = 'The worker that has the connection did not answer in time; the call may have been made';
        throw new ConnectorError(message, { retryable: true });
      }
    }
  }

  private read(organizationId: string, id: string): Promise<Buffer | null> {
    return this.database.inOrganization(organizationId, async (manager) => {
      const [row] = await manager.query<{ reply: Buffer | null }[]>(
        'SELECT reply FROM connection_calls WHERE organization_id = $1 AND id = $2',
        [organizationId, id],
      );
      return row?.reply ?? null;
    });
  }

  private async forget(organizationId: string, id: string): Promise<void> {
    // What stays here is removed with its deadline.
    await this.database
      .inOrganization(organizationId, (manager) =>
        manager.query('DELETE FROM connection_calls WHERE organization_id = $1 AND id = $2', [organizationId, id]),
      )
      .catch(() => undefined);
  }

  private async look(): Promise<void> {
    try {
      const taken = await this.database.asSystem(async (manager) => {
        await manager.query(EXPIRE);
        const [rows] = await manager.query<[TakenRow[], number]>(TAKE, [this.owner]);
        return rows;
      });
      for (const row of taken) {
        const made = this.make(row).finally(() => this.running.delete(made));
        this.running.add(made);
      }
    } catch {
      // The database is away: the next look does it.
    }
  }

  private async make({ id, organization_id: organizationId, request, left }: TakenRow): Promise<void> {
    const time = AbortSignal.timeout(Math.max(1, Math.ceil(left)));
    const reply = await replyOf(() => this.work!({ ...this.open<Request>(request), organizationId, signal: time }));
    await this.database
      .inOrganization(organizationId, async (manager) => {
        await manager.query('UPDATE connection_calls SET reply = $3 WHERE organization_id = $1 AND id = $2', [
          organizationId,
          id,
          this.seal(reply),
        ]);
        await signal(manager, 'connection.reply', [id]);
      })
      // The caller gives up by its deadline.
      .catch(() => undefined);
  }

  private seal(value: object): Buffer {
    return this.box.seal(PURPOSE, JSON.stringify(value));
  }

  private open<T>(sealed: Buffer): T {
    return JSON.parse(this.box.open(PURPOSE, sealed)) as T;
  }
}

interface TakenRow {
  id: string;
  organization_id: string;
  request: Buffer;
  /** Milliseconds until its deadline. */
  left: number;
}

async function replyOf(work: () => Promise<FunctionResult>): Promise<Reply> {
  try {
    return { result: await work() };
  } catch (error) {
    if (error instanceof ConnectorError) {
      const { message, retryable, details } = error;
      return { connectorError: { message, retryable, ...(details && { details }) } };
    }
    if (error instanceof DomainError) {
      const { kind, message, details } = error;
      return { domainError: { kind, message, ...(details && { details }) } };
    }
    return { bug: error instanceof Error ? (error.stack ?? error.message) : String(error) };
  }
}

function resultOf(reply: Reply): FunctionResult {
  if ('result' in reply) return reply.result;
  if ('connectorError' in reply) throw new ConnectorError(reply.connectorError.message, reply.connectorError);
  if ('domainError' in reply) {
    const { kind, message, details } = reply.domainError;
    throw new DomainError(kind, message, details);
  }
  throw new Error(reply.bug);
}

const TAKE = `
  UPDATE connection_calls SET taken = true
  WHERE id IN (SELECT id FROM connection_calls WHERE owner = $1 AND NOT taken AND deadline > now()
               LIMIT ${MOST_AT_ONCE} FOR UPDATE SKIP LOCKED)
  RETURNING id, organization_id, request, extract(epoch FROM deadline - now()) * 1000 AS left`;

const EXPIRE = `DELETE FROM connection_calls WHERE deadline < now() - interval '1 minute'`;
