import { LRUCache } from 'lru-cache';

/** Rights are read again after this time at the latest, so that a change of them acts within a second everywhere. */
const FRESH_MS = 250;

/**
 * What was looked up a moment ago, counted from the start of the look-up. Those who ask while one is under way share
 * it. A look-up that fails is not kept.
 */
export class BriefCache<T> {
  private readonly entries: LRUCache<string, Promise<T>>;

  /** @param max entries; the least recently used make room. */
  constructor(max: number, freshMs = FRESH_MS) {
    this.entries = new LRUCache({ max, ttl: freshMs });
  }

  get(key: string, load: () => Promise<T>): Promise<T> {
    const known = this.entries.get(key);
    if (known) return known;
    const loading = load();
    this.entries.set(key, loading);
    loading.catch(() => {
      if (this.entries.peek(key) === loading) this.entries.delete(key);
    });
    return loading;
  }

  /** The next `get` looks it up: for changes made in this process. */
  forget(key: string): void {
    this.entries.delete(key);
  }
}
