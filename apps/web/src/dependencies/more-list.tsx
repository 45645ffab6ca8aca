import type { ComponentChildren } from 'preact';
import { useState } from 'preact/hooks';
import { Button } from '../ui/button';

const STEP = 50;

/** A list that shows its next items when it is asked to. */
export function MoreList<T>({ items, children }: { items: readonly T[]; children: (item: T) => ComponentChildren }) {
  const [shown, setShown] = useState(STEP);
  return (
    <ul class="entity-list">
      {items.slice(0, shown).map(children)}
      {items.length > shown && (
        <li>
          <Button kind="quiet" onClick={() => setShown(shown + STEP)}>
            Show more of {items.length.toLocaleString()}
          </Button>
        </li>
      )}
    </ul>
  );
}
