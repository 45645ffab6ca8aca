import { filterProblem } from '#kernel';
import type { Subscription } from './durable';

/*
 * Shared subscriptions (MQTT 5, section 4.8.2): `$share/<group>/<filter>`. The organization's prefix goes before the filter,
 * so a group belongs to one organization and one filter of it, whatever its name is.
 */

const SHARED = /^\$share\/([^/+#]+)\/(.+)$/s;

export interface ClientFilter {
  /** What rights are asked for, and what selects topics. */
  filter: string;
  group: string | undefined;
}

/** Takes apart what a client subscribes to; undefined when it is no filter. */
export function readFilter(text: string): ClientFilter | undefined {
  const [, group, inner] = SHARED.exec(text) ?? [];
  const filter = inner ?? text;
  if (text.startsWith('$share/') && group === undefined) return undefined;
  return filterProblem(filter) === undefined ? { filter, group } : undefined;
}

/** The name under which a session holds it. */
export const nameOf = (prefix: string, { filter, group }: ClientFilter): string =>
  group === undefined ? prefix + filter : `$share/${group}/${prefix}${filter}`;

/** The filter, with the organization's prefix, of a subscription's name. */
export const filterOf = (name: string): string => SHARED.exec(name)?.[2] ?? name;

export const groupOf = (name: string): string | undefined => SHARED.exec(name)?.[1];

/** Those who share a filter: each message goes to one of them, in turn. */
export class SharedGroup {
  private readonly members: Subscription[] = [];
  private last = -1;

  join(subscription: Subscription): void {
    this.members.push(subscription);
  }

  /** @returns whether nobody is left. */
  leave(subscription: Subscription): boolean {
    const index = this.members.indexOf(subscription);
    if (index >= 0) this.members.splice(index, 1);
    return this.members.length === 0;
  }

  /** The next who is connected, or else the next whose session waits for its client. */
  choose(): Subscription | undefined {
    return this.next(({ session }) => session.delivery !== undefined) ?? this.next(({ session }) => session.isLasting);
  }

  private next(suits: (member: Subscription) => boolean): Subscription | undefined {
    for (let step = 1; step <= this.members.length; step++) {
      const index = (this.last + step) % this.members.length;
      const member = this.members[index]!;
      if (!suits(member)) continue;
      this.last = index;
      return member;
    }
    return undefined;
  }
}
