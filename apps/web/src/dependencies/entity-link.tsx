import { Fragment, type ComponentChildren } from 'preact';
import { entityType } from './entity-types';

/** The shape and colour of a type. */
export function Marker({ type }: { type: string }) {
  const { color, outline } = entityType(type);
  return (
    <svg class="marker" viewBox="0 0 24 14" style={{ color: `var(--${color})` }} aria-hidden="true" focusable="false">
      <path d={outline} />
    </svg>
  );
}

interface EntityLinkProps {
  type: string;
  name: string;
  href: string;
  /** Beside the name. */
  children?: ComponentChildren;
}

/** An entity in a list, which leads to what is around it. */
export const EntityLink = ({ type, name, href, children }: EntityLinkProps) => (
  <a class="entity" href={href}>
    <Marker type={type} />
    <span class="entity-name">
      <span class="unseen">{entityType(type).name} </span>
      {name.split('/').map((level, at) => (
        <Fragment key={at}>
          {at > 0 && '/'}
          {at > 0 && <wbr />}
          {level}
        </Fragment>
      ))}
    </span>
    {children}
  </a>
);
