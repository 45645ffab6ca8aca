import { useEffect, useState } from 'preact/hooks';
import type { AffectedEntity, GraphEntity, Impact, ImpactAction } from '../api/graph-types';
import { useHub } from '../app/context';
import { Segmented } from '../ui/segmented';
import { Failure, Loading } from '../ui/states';
import { useLoad } from '../ui/use-load';
import { EntityLink } from './entity-link';
import { MoreList } from './more-list';
import { entityPath } from './view-address';
import { chainOf, weightWords } from './words';

interface ImpactSectionProps {
  entity: string;
  type: string;
  names: ReadonlyMap<string, string>;
  hrefOf: (key: string) => string;
  /** Is told who they are. */
  onLoaded: (entities: readonly GraphEntity[]) => void;
}

const ACTIONS: Record<ImpactAction, string> = { delete: 'deleted', disable: 'disabled', change: 'changed' };
/** Of the others there is no off. */
const DISABLED_TYPES: readonly string[] = ['connection', 'pipeline'];

/** What would break, or else be affected, before somebody does it. */
export function ImpactSection({ entity, type, names, hrefOf, onLoaded }: ImpactSectionProps) {
  const { client } = useHub();
  const [action, setAction] = useState<ImpactAction>('delete');
  const { data, error, reload } = useLoad(
    (signal) => client.get<Impact>(`${entityPath(entity)}/impact`, { action }, signal),
    [entity, action],
  );
  useEffect(() => {
    if (data) onLoaded(data.affected);
  }, [data]);
  const options = Object.entries(ACTIONS)
    .filter(([value]) => value !== 'disable' || DISABLED_TYPES.includes(type))
    .map(([value, label]) => ({ value, label }));
  return (
    <section class="box impact" aria-label="What happens">
      <h2>What happens if it is …</h2>
      <Segmented
        label="What is done"
        value={action}
        options={options}
        onChoose={(value) => setAction(value as ImpactAction)}
      />
      {error !== undefined && !data && <Failure error={error} onRetry={reload} />}
      {error === undefined && !data && <Loading what="impact" />}
      {data && (
        <>
          <p class={`verdict ${data.safe ? 'safe' : 'unsafe'}`} role="status">
            {verdict(data)}
          </p>
          {data.affected.length > 0 && (
            <MoreList items={data.affected}>
              {(other) => (
                <li key={other.key}>
                  <EntityLink type={other.type} name={other.name} href={hrefOf(other.key)}>
                    <span class={`chip effect-${other.effect}`}>{other.effect}</span>
                  </EntityLink>
                  <Ways other={other} names={names} />
                </li>
              )}
            </MoreList>
          )}
          {data.truncated && <p class="soft">Only the first of them are listed.</p>}
        </>
      )}
    </section>
  );
}

function Ways({ other: { paths, weight }, names }: { other: AffectedEntity; names: ReadonlyMap<string, string> }) {
  return (
    <div class="entity-facts soft">
      {paths.map((path) => (
        <p key={path.join()}>{chainOf([...path].reverse(), names)}</p>
      ))}
      {weight && <p class="weight">{weightWords(weight).join(', ')}</p>}
    </div>
  );
}

function verdict({ safe, totals: { breaks, affected } }: Impact): string {
  const more = affected === 0 ? '' : affected === 1 ? '1 is affected' : `${affected.toLocaleString()} are affected`;
  if (safe) return more === '' ? 'Nothing breaks.' : `Nothing breaks; ${more}.`;
  const broken = breaks === 1 ? '1 breaks' : `${breaks.toLocaleString()} break`;
  return more === '' ? `${broken}.` : `${broken}, ${more}.`;
}
