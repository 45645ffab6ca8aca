interface Branch<V> {
  children: Map<string, Branch<V>>;
  values: Map<string, V>;
}

const branch = <V>(): Branch<V> => ({ children: new Map(), values: new Map() });

/** Finds the subscriptions whose filter selects a topic, in time that does not grow with their number. */
export class FilterTrie<V> {
  private readonly root = branch<V>();

  /** One value for each filter and key; a second one replaces the first. */
  set(filter: string, key: string, value: V): void {
    let at = this.root;
    for (const level of filter.split('/')) {
      let next = at.children.get(level);
      if (!next) at.children.set(level, (next = branch()));
      at = next;
    }
    at.values.set(key, value);
  }

  get(filter: string, key: string): V | undefined {
    let at: Branch<V> | undefined = this.root;
    for (const level of filter.split('/')) at = at?.children.get(level);
    return at?.values.get(key);
  }

  delete(filter: string, key: string): void {
    const path: [Branch<V>, string][] = [];
    let at = this.root;
    for (const level of filter.split('/')) {
      const next = at.children.get(level);
      if (!next) return;
      path.push([at, level]);
      at = next;
    }
    at.values.delete(key);
    for (const [parent, level] of path.reverse()) {
      const { children, values } = parent.children.get(level)!;
      if (children.size > 0 || values.size > 0) return;
      parent.children.delete(level);
    }
  }

  get isEmpty(): boolean {
    return this.root.children.size === 0;
  }

  /** Visits every value whose filter selects the topic; a key may come up once for each of its filters. */
  match(topic: string, visit: (key: string, value: V) => void): void {
    if (!this.isEmpty) walk(this.root, topic.split('/'), 0, visit);
  }
}

function walk<V>(at: Branch<V>, levels: string[], depth: number, visit: (key: string, value: V) => void): void {
  // `a/#` selects `a` as well (MQTT 5, section 4.7.1.2), so it is looked for before the levels run out.
  at.children.get('#')?.values.forEach((value, key) => visit(key, value));
  if (depth === levels.length) {
    at.values.forEach((value, key) => visit(key, value));
    return;
  }
  for (const level of ['+', levels[depth]!]) {
    const next = at.children.get(level);
    if (next) walk(next, levels, depth + 1, visit);
  }
}
