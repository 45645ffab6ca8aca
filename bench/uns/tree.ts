import type { Hub } from '../lib/hub.ts';
import type { Session } from '../lib/session.ts';
import { timed, type Times } from './reads.ts';

interface Node {
  topic: string;
  name: string;
  children: number;
}

/**
 * How long people wait who look around in a namespace: the first page of the tree, pages below its topics, and a search for
 * each letter that is typed. Whatever the topics are called.
 */
export async function treeTimes(hub: Hub, session: Session, reads: number): Promise<[string, Times][]> {
  const branches = await wayDown(hub, session);
  const leaf = branches.at(-1)!;
  const parents = branches.slice(0, -1);
  const list = (path: (n: number) => string): string[] => Array.from({ length: reads }, (_, n) => path(n));
  const typed = Array.from(leaf.name, (_, index) => leaf.name.slice(0, index + 1));
  const words = parents.map(({ name }) => name);
  const paths = parents.map(({ name }) => `${name}/${name[0]}`);
  const search = (texts: readonly string[]) =>
    list((n) => `/uns/topics/search?limit=50&q=${encodeURIComponent(texts[n % texts.length]!)}`);
  return [
    [
      'tree, first page',
      await timed(
        hub,
        session,
        list(() => '/uns/topics/tree'),
      ),
    ],
    [
      'tree, page of children',
      await timed(
        hub,
        session,
        list((n) => `/uns/topics/tree?prefix=${encodeURIComponent(parents[n % parents.length]!.topic)}`),
      ),
    ],
    ['search, a name as it is typed', await timed(hub, session, search(typed))],
    ['search, names of branches', await timed(hub, session, search(words))],
    ['search, inside of branches', await timed(hub, session, search(paths))],
    ['search, nothing found', await timed(hub, session, search(['nowhere', 'none-of-these']))],
  ];
}

/** From the top to a leaf, each time by the topic with most below it. */
async function wayDown(hub: Hub, session: Session): Promise<Node[]> {
  const headers = { Authorization: `Bearer ${session.token}`, 'X-Organization-ID': session.organizationId };
  const way: Node[] = [];
  for (;;) {
    const prefix = way.length > 0 ? `?prefix=${encodeURIComponent(way.at(-1)!.topic)}` : '';
    const response = await fetch(`${hub.url}/api/v1/uns/topics/tree${prefix}`, { headers });
    if (!response.ok) throw new Error(`the tree answered ${response.status}: ${await response.text()}`);
    const { data } = (await response.json()) as { data: Node[] };
    const widest = data.toSorted((a, b) => b.children - a.children)[0];
    if (!widest) break;
    way.push(widest);
  }
  if (way.length < 2) throw new Error('the namespace has no branches to look at');
  return way;
}
