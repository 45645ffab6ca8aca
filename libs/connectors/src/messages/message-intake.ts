import { setTimeout as delay } from 'node:timers/promises';
import { Injectable } from '@nestjs/common';
import { jsonProblem } from '#kernel';
import { Batcher } from '#platform/batching';
import { Database } from '#platform/database';
import { Leases } from '../runtime/leases';
import { MessageConsumers, type BroughtMessage } from './message-consumers';

const MOST_AT_ONCE = 500;
/** Milliseconds between two looks for room. */
const ROOM_MS = 500;
/** Characters. */
const LONGEST_KEY = 1_000;
const LONGEST_ID = 200;

/** A message that cannot be taken, and never will be. */
export class MessageRefused extends Error {
  override readonly name = 'MessageRefused';
}

/**
 * Keeps messages: those that come together in one transaction, in their order. It also sees to it that this worker still has
 * their connection; one that was frozen and wakes up must not bring what its successor brings too.
 */
@Injectable()
export class MessageIntake {
  private readonly batcher = new Batcher<BroughtMessage, boolean>({
    most: MOST_AT_ONCE,
    work: (batch) => this.store(batch),
  });

  constructor(
    private readonly database: Database,
    private readonly consumers: MessageConsumers,
    private readonly leases: Leases,
  ) {}

  /**
   * Resolves when the message is kept; waits as long as the organization has no room, or until the signal aborts.
   * @throws MessageRefused; Error where it could not be kept now.
   */
  async take(message: BroughtMessage, signal: AbortSignal): Promise<void> {
    const problem = jsonProblem(message.payload) ?? (message.more && jsonProblem(message.more));
    if (problem !== undefined) throw new MessageRefused(`The message ${problem}`);
    if ((message.key?.length ?? 0) > LONGEST_KEY || (message.id?.length ?? 0) > LONGEST_ID) {
      throw new MessageRefused('The message has too long a key');
    }
    while (!(await this.consumers.registered?.hasRoom(message.organizationId))) {
      await delay(ROOM_MS, undefined, { signal });
    }
    signal.throwIfAborted();
    if (!(await this.batcher.add(message))) throw new Error('the connection has another owner');
  }

  private async store(batch: readonly BroughtMessage[]): Promise<boolean[]> {
    const connections = [...new Set(batch.map(({ connectionId }) => connectionId))];
    const organizations = [...new Set(batch.map(({ organizationId }) => organizationId))];
    const work = await this.consumers.registered!.prepare(batch);
    const owned = await this.database.inOrganizations(organizations, async (manager) => {
      const confirmed = await this.leases.confirm(manager, connections);
      if (confirmed.size === connections.length) await work.store();
      return confirmed;
    });
    if (owned.size === connections.length) {
      work.committed();
      return batch.map(() => true);
    }
    // Some have gone to other workers: the rest is kept without theirs.
    const ours = batch.filter(({ connectionId }) => owned.has(connectionId));
    const kept = ours.length > 0 ? await this.store(ours) : [];
    const outcome = new Map(ours.map((message, index) => [message, kept[index]!]));
    return batch.map((message) => outcome.get(message) ?? false);
  }
}
