import { useEffect } from 'preact/hooks';
import type { GraphEntity, RelatedEntities, RelatedEntity } from '../api/graph-types';
import { useHub } from '../app/context';
import { Failure, Loading } from '../ui/states';
import { useLoad } from '../ui/use-load';
import { EntityLink } from './entity-link';
import { MoreList } from './more-list';
import { entityPath } from './view-address';
import { chainOf, kindWords, weightWords } from './words';

interface RelatedSectionProps {
  entity: string;
  direction: 'dependents' | 'dependencies';
  depth: number;
  names: ReadonlyMap<string, string>;
  hrefOf: (key: string) => string;
  /** Is told who they are. */
  onLoaded: (entities: readonly GraphEntity[]) => void;
}

const TITLES = { dependents: 'Depends on it', dependencies: 'It depends on' } as const;
const NOTHING = { dependents: 'Nothing depends on it.', dependencies: 'It depends on nothing.' } as const;

/** Those that depend on an entity, or that it depends on, nearest first. */
export function RelatedSection({ entity, direction, depth, names, hrefOf, onLoaded }: RelatedSectionProps) {
  const { client } = useHub();
  const { data, error, reload } = useLoad(
    (signal) => client.get<RelatedEntities>(`${entityPath(entity)}/${direction}`, { depth }, signal),
    [entity, direction, depth],
  );
  useEffect(() => {
    if (data) onLoaded(data.entities);
  }, [data]);
  return (
    <section class="box" aria-label={TITLES[direction]}>
      <h2>
        {TITLES[direction]} {data && <span class="soft">{data.entities.length.toLocaleString()}</span>}
      </h2>
      {error !== undefined && !data && <Failure error={error} onRetry={reload} />}
      {error === undefined && !data && <Loading what="entities" />}
      {data?.entities.length === 0 && <p class="soft">{NOTHING[direction]}</p>}
      {data && data.entities.length > 0 && (
        <MoreList items={data.entities}>
          {(other) => (
            <li key={other.key}>
              <EntityLink type={other.type} name={other.name} href={hrefOf(other.key)} />
              <Facts other={other} direction={direction} names={names} />
            </li>
          )}
        </MoreList>
      )}
      {data?.truncated && <p class="soft">There are more; look at one of these.</p>}
    </section>
  );
}

interface FactsProps {
  other: RelatedEntity;
  direction: 'dependents' | 'dependencies';
  names: ReadonlyMap<string, string>;
}

function Facts({ other: { kind, via, path, weight }, direction, names }: FactsProps) {
  const chain = direction === 'dependents' ? [...path].reverse() : path;
  return (
    <div class="entity-facts soft">
      {path.length > 2 ? <p>{chainOf(chain, names)}</p> : <p>{kindWords(kind, direction)}</p>}
      {via.length > 0 && (
        <p class="places">
          <code>{via[0]}</code>
          {via.length > 1 && ` and ${via.length - 1} more`}
        </p>
      )}
      {weight && <p>{weightWords(weight).join(', ')}</p>}
    </div>
  );
}
