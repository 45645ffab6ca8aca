import type { Unresolved } from '../api/graph-types';
import { EntityLink } from './entity-link';
import { entityType } from './entity-types';
import { MoreList } from './more-list';
import { nameOf } from './words';

interface UnresolvedListProps {
  unresolved: readonly Unresolved[];
  names: ReadonlyMap<string, string>;
  hrefOf: (key: string) => string;
}

/** Who refers to something that is gone. */
export function UnresolvedList({ unresolved, names, hrefOf }: UnresolvedListProps) {
  if (unresolved.length === 0) return null;
  return (
    <section class="box unresolved" aria-label="Refers to something that is gone">
      <h2>
        Refers to something that is gone <span class="soft">{unresolved.length.toLocaleString()}</span>
      </h2>
      <MoreList items={unresolved}>
        {({ source, type, key, via }) => (
          <li key={`${source} ${type} ${key}`}>
            <EntityLink
              type={source.slice(0, source.indexOf(':'))}
              name={nameOf(source, names)}
              href={hrefOf(source)}
            />
            <div class="entity-facts soft">
              <p>
                {entityType(type).name} <code>{key}</code>
              </p>
              {via[0] !== undefined && (
                <p class="places">
                  <code>{via[0]}</code>
                </p>
              )}
            </div>
          </li>
        )}
      </MoreList>
    </section>
  );
}
