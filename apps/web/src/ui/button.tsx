import type { ButtonHTMLAttributes, ComponentChildren } from 'preact';
import { Icon, type IconName } from './icons';

interface ButtonProps extends ButtonHTMLAttributes {
  icon?: IconName;
  kind?: 'main' | 'plain' | 'danger' | 'quiet';
  children?: ComponentChildren;
}

export const Button = ({ icon, kind = 'plain', children, ...rest }: ButtonProps) => (
  <button type="button" {...rest} class={`button ${kind} ${rest.class ?? ''}`}>
    {icon && <Icon name={icon} />}
    {children}
  </button>
);

interface IconButtonProps extends ButtonHTMLAttributes {
  icon: IconName;
  /** Read out, and shown when the pointer rests. */
  label: string;
}

export const IconButton = ({ icon, label, ...rest }: IconButtonProps) => (
  <button type="button" title={label} aria-label={label} {...rest} class={`icon-button ${rest.class ?? ''}`}>
    <Icon name={icon} />
  </button>
);
