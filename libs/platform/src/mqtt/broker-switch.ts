import { setTimeout as delay } from 'node:timers/promises';
import { Injectable, Logger, type OnApplicationShutdown, type OnModuleInit } from '@nestjs/common';
import type { Broker, BrokerChoice, NumberedBroker } from './broker-choice';
import { OutsideWay, type BrokerWay } from './broker-ways';
import type { MqttMessageHandler } from './ingest';
import type { OutsideTiming } from './outside-timing';
import type { BrokerMonitor, MqttOutlet, PreviousBroker, ProcessBrokerStatus, TenantTraffic } from './ports';
import type { Traffic } from './traffic';

interface Candidate {
  way: BrokerWay;
  ready: boolean;
}

/** What the switch is made with. */
export interface SwitchParts {
  makeWay: (chosen: NumberedBroker) => BrokerWay;
  /** Before anybody has been asked. */
  atFirst: Broker;
  choice: BrokerChoice;
  traffic: Traffic;
  /** Signed-in clients of the embedded broker. */
  clientsByTenant: () => ReadonlyMap<string, number>;
  timing: OutsideTiming;
}

/**
 * The broker of this process, exchanged while it runs (ADR 0022): a new one is there first, then the old one ends in good
 * order. Where the new one cannot be had the old one goes on, and the status says why.
 */
@Injectable()
export class BrokerSwitch implements MqttOutlet, BrokerMonitor, OnModuleInit, OnApplicationShutdown {
  private readonly log = new Logger(BrokerSwitch.name);
  private active: BrokerWay;
  private candidate: Candidate | undefined;
  private readonly leaving = new Map<number, BrokerWay>();
  private handle: MqttMessageHandler | undefined;
  private problem: string | null = null;
  private turn = Promise.resolve();
  private timer: NodeJS.Timeout | undefined;
  private unwatch = (): void => undefined;
  private closed = false;
  private complained = false;

  constructor(private readonly parts: SwitchParts) {
    this.active = parts.makeWay({ number: 0, broker: parts.atFirst });
  }

  async onModuleInit(): Promise<void> {
    const { choice, makeWay, timing } = this.parts;
    const { current } = await choice.plan();
    if (current.number !== this.active.number) this.active = makeWay(current);
    void this.active.connect();
    this.unwatch = choice.watch(() => this.look());
    this.timer = setInterval(() => this.look(), timing.choiceMs).unref();
  }

  /** Lets data in. An outside broker that does not answer is not waited for long. @throws Error when the port is in use. */
  receive(handle: MqttMessageHandler): Promise<void> {
    const begun = this.turn.then(() => this.begin(this.parts.traffic.counting(handle)));
    this.turn = begun.catch(() => undefined);
    return begun;
  }

  /** Takes no more messages; publishing goes on. */
  async close(): Promise<void> {
    this.closed = true;
    clearInterval(this.timer);
    this.unwatch();
    await Promise.all([...this.inUse(), ...this.leaving.values()].map((way) => way.close()));
  }

  async onApplicationShutdown(): Promise<void> {
    if (!this.closed) await this.close();
    await Promise.all(this.inUse().map((way) => way.disconnect()));
  }

  hasAudience(): boolean {
    return this.active.outlet.hasAudience();
  }

  async publish(organizationId: string, topic: string, payload: Buffer, recordId: string): Promise<void> {
    const { active } = this;
    await active.outlet.publish(organizationId, topic, payload, recordId);
    // The embedded broker counts whom it delivers to.
    if (active.broker.kind === 'outside') this.parts.traffic.sent(organizationId);
  }

  status(): ProcessBrokerStatus {
    const { total } = this.parts.traffic;
    const ways = [this.active, ...this.leaving.values()];
    return {
      ...this.active.status(),
      number: this.active.number,
      receives: this.handle !== undefined,
      messagesIn: total.messagesIn,
      messagesOut: total.messagesOut,
      lag: total.inFlight + ways.reduce((sum, { waiting }) => sum + waiting, 0),
      lastMessageAt: total.lastMessageAt,
      problem: this.problem,
      previous: ways.filter((way) => way instanceof OutsideWay && way !== this.active).map(toPrevious),
    };
  }

  tenants(): ReadonlyMap<string, TenantTraffic> {
    const { traffic, clientsByTenant } = this.parts;
    const clients = this.active.broker.kind === 'embedded' ? clientsByTenant() : undefined;
    const of = (id: string) => (clients ? (clients.get(id) ?? 0) : null);
    const none = { messagesIn: 0, messagesOut: 0, lag: 0, lastMessageAt: null };
    const quiet = [...(clients?.keys() ?? [])].map((id): [string, TenantTraffic] => [id, { ...none, clients: of(id) }]);
    const counted = traffic
      .entries()
      .map(([id, { inFlight, ...counts }]): [string, TenantTraffic] => [
        id,
        { ...counts, lag: inFlight, clients: of(id) },
      ]);
    return new Map([...quiet, ...counted]);
  }

  private inUse(): BrokerWay[] {
    return this.candidate ? [this.active, this.candidate.way] : [this.active];
  }

  private async begin(handle: MqttMessageHandler): Promise<void> {
    if (this.closed) return;
    // It was opened by a process that took no data in yet.
    this.drop();
    const opened = this.active.receive(handle);
    const late = delay(this.parts.timing.startMs, undefined, { ref: false });
    await (this.active.broker.kind === 'outside' ? Promise.race([opened, late]) : opened);
    this.handle = handle;
    this.look();
  }

  /** One look after the other, so that changes take effect in their order. */
  private look(): void {
    this.turn = this.turn.then(async () => {
      try {
        if (!this.closed) await this.follow();
        this.complained = false;
      } catch (error) {
        // Once an outage, however many looks it takes.
        if (!this.complained) this.log.warn(`which broker is chosen is not known at the moment: ${String(error)}`);
        this.complained = true;
      }
    });
  }

  private async follow(): Promise<void> {
    const { current, previous } = await this.parts.choice.plan();
    if (this.closed) return;
    const isEmbedded = current.broker.kind === 'embedded' && this.active.broker.kind === 'embedded';
    // There is one embedded broker alone, whichever choice it was that it came into use by.
    if (isEmbedded) this.active = this.parts.makeWay(current);
    if (current.number !== this.active.number) this.prepare(current);
    else {
      this.drop();
      this.problem = null;
    }
    if (this.candidate?.ready) this.change(this.candidate.way);
    if (!this.handle) return;
    for (const left of previous) {
      if (left.number !== this.active.number && !this.leaving.has(left.number)) this.retire(this.parts.makeWay(left));
    }
  }

  /** Begins with what is to take the place of the active one. */
  private prepare(chosen: NumberedBroker): void {
    if (this.candidate?.way.number === chosen.number) return;
    this.drop();
    const candidate: Candidate = { way: this.parts.makeWay(chosen), ready: false };
    this.candidate = candidate;
    this.problem = 'The new broker does not answer yet';
    this.open(candidate.way).then(
      () => {
        candidate.ready = true;
        this.look();
      },
      (error: unknown) => {
        // The next look tries again.
        this.problem = `The new broker cannot be started: ${(error as Error).message}`;
        this.log.warn(this.problem);
        if (this.candidate === candidate) this.candidate = undefined;
      },
    );
  }

  private async open(way: BrokerWay): Promise<void> {
    await Promise.all([way.connect(), this.handle && way.receive(this.handle)]);
  }

  private change(next: BrokerWay): void {
    const old = this.active;
    this.active = next;
    this.candidate = undefined;
    this.problem = null;
    this.log.log(`the ${old.status().mode} broker gives way to ${next.status().address}`);
    this.retire(old);
  }

  /** What was to be used and is not: whatever of it is at the broker ends as with a previous one. */
  private drop(): void {
    const dropped = this.candidate?.way;
    this.candidate = undefined;
    if (dropped) this.retire(dropped);
  }

  private retire(way: BrokerWay): void {
    const { choice } = this.parts;
    // Processes that take no data in have nothing at a broker but the connection they publish by.
    if (this.handle) this.leaving.set(way.number, way);
    way
      .leave(this.active.broker, this.handle)
      .then((isLeft) => (isLeft && way.broker.kind === 'outside' ? choice.forget(way.number) : undefined))
      .catch((error: unknown) => this.log.warn(`${way.status().address} is not left yet: ${String(error)}`))
      .finally(() => this.leaving.delete(way.number));
  }
}

const toPrevious = (way: BrokerWay): PreviousBroker => ({
  address: way.status().address,
  state: (way as OutsideWay).isListening ? 'connected' : 'connecting',
  lastMessageAt: way.lastMessageAt,
});
