import { Logger } from '@nestjs/common';
import { DomainError } from '#kernel';
import { Connection } from './connection';
import { WatchedCredential } from './credential-watch';
import type { KeptWill } from './durable';
import type { Hub } from './hub';
import type { Ingest } from './ingest';
import type { MqttGate } from './ports';
import { refusalOf } from './reason-codes';
import { MAX_SESSION_EXPIRY, type SessionStore } from './session-store';
import { prefixOf, tenantOf, unmounted } from './tenant';

/** Clients come back within this time after a restart, or never. */
export const WILL_GRACE_MS = 30_000;
const RETRY_MS = 5_000;

interface Parts {
  gate: MqttGate;
  ingest: Ingest;
  hub: Hub;
  store: SessionStore;
  /** Opens a sealed credential. */
  open: (sealed: Buffer) => string;
}

/** Wills of clients that were connected when the last process ended: sent unless the client comes back in time. */
export class LeftWills {
  private readonly log = new Logger(LeftWills.name);
  private readonly timers = new Map<KeptWill, NodeJS.Timeout>();

  constructor(
    private readonly graceMs: number,
    private readonly parts: Parts,
  ) {}

  watch(wills: readonly KeptWill[]): void {
    for (const will of wills) {
      const delay = Number(will.will.properties?.['willDelayInterval'] ?? 0) * 1000;
      this.arm(will, Math.min(Math.max(delay, this.graceMs), MAX_SESSION_EXPIRY * 1000));
    }
  }

  stop(): void {
    this.timers.forEach((timer) => clearTimeout(timer));
    this.timers.clear();
  }

  private arm(will: KeptWill, delayMs: number): void {
    const fire = (): void => {
      this.timers.delete(will);
      // Its client came back.
      if (will.gone) return;
      this.send(will).catch((error: unknown) => {
        this.log.warn(`a will cannot be sent, trying again: ${String(error)}`);
        this.arm(will, RETRY_MS);
      });
    };
    this.timers.set(will, setTimeout(fire, delayMs).unref());
  }

  /** @throws when it cannot be sent now; one that is refused is dropped. */
  private async send(kept: KeptWill): Promise<void> {
    const { clientId, will, credential } = kept;
    const { gate, ingest, hub, store, open } = this.parts;
    const organizationId = tenantOf(clientId);
    const connection = new Connection();
    connection.prefix = prefixOf(organizationId);
    connection.clientId = unmounted(clientId);
    try {
      const principal = await gate.signIn(organizationId, open(credential!));
      if (!principal) throw new DomainError('forbidden', 'the credential has ended');
      if (kept.gone) return;
      connection.credential = new WatchedCredential(principal);
      await ingest.receiveWill(connection, will);
      await hub.forward(will, clientId);
    } catch (error) {
      const refusal = refusalOf(error);
      if (!refusal || refusal.transient) throw error;
      this.log.debug(`the will of ${clientId} is dropped: ${refusal.text}`);
    }
    store.wills.delete(clientId);
  }
}
