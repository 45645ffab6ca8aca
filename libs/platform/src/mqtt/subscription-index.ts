import type { Qos } from './aedes-internals';
import type { Receipt, Subscription } from './durable';
import { FilterTrie } from './filter-trie';
import type { Message } from './message';
import type { Session } from './session';
import { filterOf, groupOf, SharedGroup } from './shared-group';

/** Who subscribes to what. */
export class SubscriptionIndex {
  private readonly trie = new FilterTrie<Subscription | SharedGroup>();

  get isEmpty(): boolean {
    return this.trie.isEmpty;
  }

  /** One for each session, with the highest QoS of its subscriptions (MQTT 5, section 3.3.4). */
  receipts(message: Message, from: string | undefined): Map<Session, Receipt> {
    const receipts = new Map<Session, Receipt>();
    this.trie.match(message.topic, (_key, target) => {
      const subscription = target instanceof SharedGroup ? target.choose() : target;
      if (!subscription) return;
      const { session, options } = subscription;
      if (options.noLocal && session.clientId === from) return;
      const qos = Math.min(message.qos, options.qos) as Qos;
      const retain = options.retainAsPublished && message.retain;
      const receipt = receipts.get(session);
      if (!receipt) {
        receipts.set(session, { qos, retain, identifiers: options.identifier ? [options.identifier] : undefined });
        return;
      }
      receipt.qos = Math.max(receipt.qos, qos) as Qos;
      receipt.retain ||= retain;
      if (options.identifier) (receipt.identifiers ??= []).push(options.identifier);
    });
    return receipts;
  }

  add(subscription: Subscription): void {
    const { name, session } = subscription;
    const filter = filterOf(name);
    const group = groupOf(name);
    if (group === undefined) {
      this.trie.set(filter, session.id, subscription);
      return;
    }
    const key = `$share/${group}`;
    let shared = this.trie.get(filter, key);
    if (!(shared instanceof SharedGroup)) this.trie.set(filter, key, (shared = new SharedGroup()));
    shared.join(subscription);
  }

  remove(subscription: Subscription): void {
    const { name, session } = subscription;
    const filter = filterOf(name);
    const group = groupOf(name);
    if (group === undefined) {
      this.trie.delete(filter, session.id);
      return;
    }
    const shared = this.trie.get(filter, `$share/${group}`);
    if (shared instanceof SharedGroup && shared.leave(subscription)) this.trie.delete(filter, `$share/${group}`);
  }
}
