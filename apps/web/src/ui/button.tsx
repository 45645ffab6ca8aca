import type { ButtonHTMLAttributes, ComponentChildren } from 'preact';
import { Icon, type IconName } from './icons';

interface ButtonProps extends Omit<ButtonHTMLAttributes, 'class'> {
  class?: string;
  icon?: IconName;
  kind?: 'main' | 'plain' | 'danger' | 'quiet';
  children?: ComponentChildren;
}

export const Button = ({ icon, kind = 'plain', class: name = '', children, ...rest }: ButtonProps) => (
  <button type="button" {...rest} class={`button ${kind} ${name}`}>
    {icon && <Icon name={icon} />}
    {children}
  </button>
);

interface IconButtonProps extends Omit<ButtonHTMLAttributes, 'class'> {
  class?: string;
  icon: IconName;
  /** Read out, and shown when the pointer rests. */
  label: string;
}

export const IconButton = ({ icon, label, class: name = '', ...rest }: IconButtonProps) => (
  <button type="button" title={label} aria-label={label} {...rest} class={`icon-button ${name}`}>
    <Icon name={icon} />
  </button>
);
