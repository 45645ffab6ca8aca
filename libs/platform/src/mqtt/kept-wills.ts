import type { BrokerClient, Will } from './aedes-internals';
import { KeptWill } from './durable';
import type { Journal } from './journal';

/** The wills of the clients that are connected. */
export class KeptWills {
  private readonly wills = new Map<string, KeptWill>();
  private isLeaving = false;

  constructor(
    private readonly journal: Journal,
    private readonly credentialOf: (client: BrokerClient) => Buffer | undefined,
  ) {}

  /** Resolves when it is on disk. */
  put(client: BrokerClient, will: Will): Promise<void> {
    const kept = new KeptWill(client.id, Object.assign(will, { clientId: client.id }), this.credentialOf(client));
    this.wills.set(client.id, kept);
    return kept.credential ? this.journal.save(kept) : Promise.resolve();
  }

  delete(clientId: string): void {
    const kept = this.wills.get(clientId);
    if (!kept || this.isLeaving) return;
    this.wills.delete(clientId);
    kept.gone = true;
    this.journal.note(kept);
  }

  restore(will: KeptWill): void {
    this.wills.set(will.clientId, will);
  }

  all(): KeptWill[] {
    return [...this.wills.values()];
  }

  /** The broker stops in good order: its next start sends the wills of clients that do not come back. */
  leave(): void {
    this.isLeaving = true;
    for (const will of this.wills.values()) {
      will.leftAt = Date.now();
      if (will.credential) this.journal.note(will);
    }
  }
}
