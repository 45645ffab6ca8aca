import type { Database } from '#platform/database';
import { ConnectorError } from '../calls/connector-error';
import type { CallMetrics } from '../calls/call-metrics';
import { preparedCall } from '../calls/prepared-call';
import type { Connection } from '../connections/connection.entity';
import type { ConnectionFunction } from '../functions/connection-function.entity';
import type { FunctionsRepository } from '../functions/functions.repository';
import { MessageRefused, type MessageConsumers, type MessageIntake } from '../messages';
import type { KnownProtocol, Message, Session, Subscriber, Subscription } from '../protocols';
import { retryAfter } from './connection-state';
import { inTime } from './in-time';
import type { SubscriptionStatus } from './state-writer';

/** Milliseconds that a subscription is given to begin, and to end. */
const LONGEST_BEGIN = 30_000;
const LONGEST_END = 5_000;

export interface SubscriptionServices {
  database: Database;
  functions: FunctionsRepository;
  consumers: MessageConsumers;
  intake: MessageIntake;
  metrics: CallMetrics;
}

interface Kept {
  version: number;
  subscription?: Subscription;
  /** Ends waiting for room, and everything else that would still be taken. */
  gone: AbortController;
  reason: string | null;
  failures: number;
  /** By `performance.now()`. */
  tryAt: number;
}

/** The subscribing functions of one connection that somebody wants messages of. */
export class FunctionSubscriptions {
  private readonly kept = new Map<string, Kept>();

  constructor(
    private readonly connection: Connection,
    private readonly protocol: KnownProtocol,
    private readonly services: SubscriptionServices,
  ) {}

  /** Makes those that are wanted and are not there, ends the others. A failing one is tried again; it fails nobody else. */
  async adjust(session: Session, signal: AbortSignal): Promise<readonly SubscriptionStatus[]> {
    const wanted = await this.wanted();
    const current = new Map(wanted.map((fn) => [fn.id, fn]));
    for (const [id, kept] of this.kept) {
      if (current.get(id)?.version !== kept.version) await this.endOne(id, kept);
    }
    await Promise.all(wanted.map((fn) => this.begin(session, fn, signal)));
    return wanted.map(({ id }) => {
      const { subscription, reason } = this.kept.get(id)!;
      return { functionId: id, active: subscription !== undefined, reason };
    });
  }

  /** Ends all; those who wait are told so. Never fails. */
  async end(): Promise<void> {
    await Promise.all([...this.kept].map(([id, kept]) => this.endOne(id, kept)));
  }

  /** Milliseconds until one that failed is to be tried again; nothing where none has failed. */
  get againAfter(): number | undefined {
    const failed = [...this.kept.values()].filter(({ subscription }) => !subscription);
    if (failed.length === 0) return undefined;
    return Math.max(0, Math.min(...failed.map(({ tryAt }) => tryAt)) - performance.now());
  }

  private async endOne(id: string, { gone, subscription }: Kept): Promise<void> {
    this.kept.delete(id);
    gone.abort();
    if (subscription) await inTime(subscription.close(), LONGEST_END, 'it does not end').catch(() => undefined);
  }

  private async wanted(): Promise<ConnectionFunction[]> {
    const { organizationId, id } = this.connection;
    const ids = this.services.consumers.registered?.wanted(organizationId, id) ?? [];
    if (ids.length === 0) return [];
    const all = await this.services.functions.all(organizationId, id);
    return all.filter((fn) => ids.includes(fn.id));
  }

  private async begin(session: Session, fn: ConnectionFunction, signal: AbortSignal): Promise<void> {
    const known = this.kept.get(fn.id);
    if (known?.subscription || (known && known.tryAt > performance.now())) return;
    const kept: Kept = known ?? {
      version: fn.version,
      gone: new AbortController(),
      reason: null,
      failures: 0,
      tryAt: 0,
    };
    this.kept.set(fn.id, kept);
    try {
      kept.subscription = await this.subscribed(session, fn, kept.gone.signal, signal);
      kept.reason = null;
      kept.failures = 0;
    } catch (error) {
      kept.failures++;
      kept.reason = error instanceof Error ? error.message : String(error);
      const state = error instanceof ConnectorError && error.retryable ? 'reconnecting' : 'error';
      kept.tryAt = performance.now() + retryAfter(state, kept.failures);
    }
  }

  private async subscribed(
    session: Session,
    fn: ConnectionFunction,
    gone: AbortSignal,
    signal: AbortSignal,
  ): Promise<Subscription> {
    const type = this.protocol.functionType(fn.type);
    if (!type || type.definition.kind !== 'subscribe' || !session.subscribe) {
      throw new ConnectorError(`Functions of type ${fn.type} bring no messages`);
    }
    const { config, parameters } = preparedCall(type, fn, {});
    const subscription = session.subscribe(fn.type, config, this.subscriberOf(fn, parameters, gone));
    try {
      return await inTime(subscription, LONGEST_BEGIN, `No subscription within ${LONGEST_BEGIN / 1_000} s`, signal);
    } catch (error) {
      void subscription.then((late) => late.close()).catch(() => undefined);
      throw error;
    }
  }

  private subscriberOf(fn: ConnectionFunction, parameters: Subscriber['parameters'], gone: AbortSignal): Subscriber {
    const { organizationId, id: connectionId } = this.connection;
    const { intake, metrics } = this.services;
    const dropped = (count: number): void => metrics.dropped(organizationId, connectionId, count);
    return {
      functionId: fn.id,
      parameters,
      dropped,
      take: async (message: Message) => {
        try {
          await intake.take({ ...message, organizationId, connectionId, functionId: fn.id }, gone);
          metrics.brought(organizationId, connectionId, Buffer.byteLength(JSON.stringify(message.payload)));
        } catch (error) {
          // It would be refused every time: it is counted, and the other side told that it was taken.
          if (!(error instanceof MessageRefused)) throw error;
          dropped(1);
        }
      },
    };
  }
}
