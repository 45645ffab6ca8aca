import type { Contribution } from '#platform/dependencies';
import { FilterTrie } from '#platform/mqtt';
import type { Catalog, Known } from '../exchange/catalog';
import { byTypeAndName, itemText } from '../format';

/** One reference as the graph keeps it. */
export interface GraphReference {
  sourceType: string;
  sourceKey: string;
  kind: Contribution['references'][number]['kind'];
  targetType: string;
  targetKey: string;
  /** Places in the source, of many not all. */
  via: readonly string[];
}

/** Where references are looked up. */
export interface References {
  from(entities: readonly { type: string; key: string }[]): Promise<GraphReference[]>;
  to(entities: readonly { type: string; key: string }[]): Promise<GraphReference[]>;
  /** All that select by filters. */
  byFilter(sourceTypes: readonly string[]): Promise<GraphReference[]>;
  /** Whether entities of that type are named by their paths. */
  isNamedByPath(type: string): boolean;
}

/** Something that goes along, with those that it goes along for. */
export interface Companion extends Known {
  because: Known[];
}

/** A reference by the id of what does not exist. */
export interface BrokenReference {
  source: Known;
  /** Place in the source. */
  via: string;
  target: { type: string; id: string };
}

/** Told of each companion. */
const MOST_REASONS = 20;

/** Types of what shows or rules topics: worth offering with them. */
const AROUND_TOPICS = ['dashboard', 'schema-binding'];

/** What belongs together when some entities leave an organization. */
export class Selection {
  constructor(
    private readonly catalog: Catalog,
    private readonly references: References,
  ) {}

  /** What these could not be without: everything they refer to by id, and so on; without themselves. */
  async required(selected: readonly Known[]): Promise<Companion[]> {
    const known = new Set(selected.map(textOf));
    const found = new Companions();
    let reached: readonly Known[] = selected;
    while (reached.length > 0) {
      const next: Known[] = [];
      for (const { sourceType, sourceKey, targetType, targetKey } of await this.referencesById(reached)) {
        const target = this.catalog.byId(targetType, targetKey);
        const source = this.find(sourceType, sourceKey);
        if (!target || !source || known.has(textOf(target))) continue;
        if (found.add(target, source)) next.push(target);
      }
      reached = next;
    }
    return found.all();
  }

  /** What these refer to and is gone: an import takes no ids. By type and name. */
  async broken(selected: readonly Known[]): Promise<BrokenReference[]> {
    const broken = (await this.referencesById(selected)).flatMap(
      ({ sourceType, sourceKey, targetType, targetKey, via }) => {
        const source = this.find(sourceType, sourceKey);
        if (!source || this.catalog.byId(targetType, targetKey)) return [];
        return via.map((place) => ({ source, via: place, target: { type: targetType, id: targetKey } }));
      },
    );
    return broken.sort((a, b) => byTypeAndName(a.source, b.source));
  }

  /** What these can be without, and whoever takes them along may want, too. */
  async optional(selected: readonly Known[]): Promise<Companion[]> {
    const known = new Set(selected.map(textOf));
    const found = new Companions();
    const offer = (companion: Known | undefined, because: Known | undefined): void => {
      if (companion && because && !known.has(textOf(companion))) found.add(companion, because);
    };
    for (const { kind, sourceType, sourceKey, targetType, targetKey } of await this.references.from(
      keysOf(this, selected),
    )) {
      if (kind !== 'uses' || !this.references.isNamedByPath(targetType)) continue;
      offer(this.find(targetType, targetKey), this.find(sourceType, sourceKey));
    }
    const paths = [...selected, ...found.all()].filter(({ type }) => this.references.isNamedByPath(type));
    for (const { kind, sourceType, sourceKey, targetType, targetKey } of await this.references.to(
      keysOf(this, [...selected, ...found.all()]),
    )) {
      if (kind !== 'part' && !AROUND_TOPICS.includes(sourceType)) continue;
      if (kind !== 'part' && !this.references.isNamedByPath(targetType)) continue;
      offer(this.find(sourceType, sourceKey), this.find(targetType, targetKey));
    }
    await this.offerByFilter(paths, offer);
    return found.all();
  }

  keyOf({ type, id, name }: Known): { type: string; key: string } {
    return { type, key: this.references.isNamedByPath(type) ? name : id };
  }

  /** Those that need somebody there: topics are named by paths, and may come later. */
  private async referencesById(entities: readonly Known[]): Promise<GraphReference[]> {
    const references = await this.references.from(keysOf(this, entities));
    return references.filter(
      ({ kind, targetType }) => kind !== 'matches' && !this.references.isNamedByPath(targetType),
    );
  }

  private async offerByFilter(paths: readonly Known[], offer: (companion?: Known, because?: Known) => void) {
    if (paths.length === 0) return;
    const filters = new FilterTrie<Known>();
    for (const { sourceType, sourceKey, targetKey } of await this.references.byFilter(AROUND_TOPICS)) {
      const source = this.find(sourceType, sourceKey);
      if (source) filters.set(targetKey, textOf(source), source);
    }
    for (const path of paths) filters.match(path.name, (_, source) => offer(source, path));
  }

  private find(type: string, key: string): Known | undefined {
    return this.references.isNamedByPath(type)
      ? this.catalog.byName({ type, name: key })
      : this.catalog.byId(type, key);
  }
}

const keysOf = (selection: Selection, entities: readonly Known[]) => entities.map((entity) => selection.keyOf(entity));

const textOf = ({ type, id }: Known): string => `${type}:${id}`;

class Companions {
  private readonly found = new Map<string, Companion>();

  /** Whether it is a new one. */
  add(entity: Known, because: Known): boolean {
    const known = this.found.get(textOf(entity));
    if (!known) this.found.set(textOf(entity), { ...entity, because: [because] });
    else if (known.because.length < MOST_REASONS && !known.because.some((one) => itemText(one) === itemText(because))) {
      known.because.push(because);
    }
    return !known;
  }

  all(): Companion[] {
    return [...this.found.values()].sort(byTypeAndName);
  }
}
