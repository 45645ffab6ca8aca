import { isId, TOPIC_ROOT } from '#kernel';

/*
 * How topics of an outside broker belong to organizations: a prefix before the namespace, `org/<id>/` where an
 * organization has none of its own. One organization may have the empty prefix.
 */

export interface MountRow {
  id: string;
  /** null for the default. */
  prefix: string | null;
}

export interface Mounted {
  organizationId: string;
  topic: string;
}

const defaultPrefix = (organizationId: string): string => `org/${organizationId}/`;

/** The table in both directions. */
export class TopicMounts {
  private readonly prefixes = new Map<string, string>();
  private readonly owners = new Map<string, string>();

  constructor(rows: readonly MountRow[]) {
    for (const { id, prefix } of rows) {
      this.prefixes.set(id, prefix ?? defaultPrefix(id));
      this.owners.set(prefix ?? defaultPrefix(id), id);
    }
  }

  resolve(brokerTopic: string): Mounted | undefined {
    const start = rootIndex(brokerTopic);
    if (start === -1) return undefined;
    const organizationId = this.owners.get(brokerTopic.slice(0, start));
    return organizationId === undefined ? undefined : { organizationId, topic: brokerTopic.slice(start) };
  }

  mount(organizationId: string, topic: string): string {
    return (this.prefixes.get(organizationId) ?? defaultPrefix(organizationId)) + topic;
  }

  /** The default prefixes share one filter, so that a new organization needs no new subscription. */
  subscriptions(): string[] {
    const own = [...this.owners].filter(([prefix, id]) => prefix !== defaultPrefix(id)).map(([prefix]) => prefix);
    return ['org/+/', ...own].map((prefix) => `${prefix}${TOPIC_ROOT}/#`);
  }
}

/** What `org/<id>/mHv1.0/…` says of itself, whether or not there is such an organization. */
export function organizationOfDefault(brokerTopic: string): Mounted | undefined {
  const [, organizationId, ...levels] = brokerTopic.split('/');
  // Ids are compared as they are written: `resolve` knows them in lower case.
  if (!isId(organizationId) || organizationId !== organizationId.toLowerCase()) return undefined;
  const topic = levels.join('/');
  return brokerTopic.startsWith('org/') && topic.startsWith(`${TOPIC_ROOT}/`) ? { organizationId, topic } : undefined;
}

/** Where the namespace begins: its root is a level of its own, and the first of that name. */
function rootIndex(topic: string): number {
  if (topic.startsWith(`${TOPIC_ROOT}/`)) return 0;
  const index = topic.indexOf(`/${TOPIC_ROOT}/`);
  return index === -1 ? -1 : index + 1;
}
