import type { ComponentChildren } from 'preact';
import { useEffect, useId, useRef, useState } from 'preact/hooks';
import { Icon, type IconName } from './icons';

interface MenuProps {
  label: string;
  icon?: IconName;
  /** What the button shows beside its icon. */
  text?: ComponentChildren;
  class?: string;
  children: ComponentChildren;
}

/** A button that opens a small panel below it: Escape, a click elsewhere and a choice close it. */
export function Menu({ label, icon, text, class: name = '', children }: MenuProps) {
  const [open, setOpen] = useState(false);
  const root = useRef<HTMLDivElement>(null);
  const button = useRef<HTMLButtonElement>(null);
  const id = useId();

  useEffect(() => {
    if (!open) return;
    const outside = (event: Event): void => {
      if (!root.current?.contains(event.target as Node)) setOpen(false);
    };
    document.addEventListener('pointerdown', outside);
    document.addEventListener('focusin', outside);
    return () => {
      document.removeEventListener('pointerdown', outside);
      document.removeEventListener('focusin', outside);
    };
  }, [open]);

  const onKeyDown = (event: KeyboardEvent): void => {
    if (event.key === 'Escape' && open) {
      event.stopPropagation();
      setOpen(false);
      button.current?.focus();
    }
    if (event.key !== 'ArrowDown' && event.key !== 'ArrowUp') return;
    const items = [...(root.current?.querySelectorAll<HTMLElement>('.menu-panel .menu-item') ?? [])];
    if (!open || items.length === 0) return;
    event.preventDefault();
    const step = event.key === 'ArrowDown' ? 1 : -1;
    const at = items.indexOf(document.activeElement as HTMLElement);
    items[(at + step + items.length) % items.length]?.focus();
  };

  const onClick = (event: MouseEvent): void => {
    if ((event.target as Element).closest('.menu-item')) setOpen(false);
  };

  return (
    <div class={`menu ${name}`} ref={root} onKeyDown={onKeyDown}>
      <button
        ref={button}
        type="button"
        class={text === undefined ? 'icon-button' : 'button plain'}
        aria-expanded={open}
        aria-controls={id}
        aria-label={text === undefined ? label : undefined}
        title={label}
        onClick={() => setOpen(!open)}
      >
        {icon && <Icon name={icon} />}
        {text}
      </button>
      {open && (
        <div class="menu-panel" id={id} role="group" aria-label={label} onClick={onClick}>
          {children}
        </div>
      )}
    </div>
  );
}

interface MenuItemProps {
  icon?: IconName;
  onSelect: () => void;
  selected?: boolean;
  danger?: boolean;
  children: ComponentChildren;
}

export const MenuItem = ({ icon, onSelect, selected, danger = false, children }: MenuItemProps) => (
  <button type="button" class={`menu-item ${danger ? 'danger' : ''}`} onClick={onSelect} aria-pressed={selected}>
    {icon && <Icon name={icon} />}
    <span>{children}</span>
    {selected && <Icon name="check" />}
  </button>
);
