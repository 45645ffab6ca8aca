import type { ComponentChildren } from 'preact';
import { ApiError } from '../api/api-error';
import { Button } from './button';
import { Icon, type IconName } from './icons';

export const Loading = ({ what }: { what: string }) => (
  <div class="state" role="status">
    <span class="spinner" aria-hidden="true" />
    <span class="soft">Loading {what}…</span>
  </div>
);

interface EmptyProps {
  icon?: IconName;
  title: string;
  children?: ComponentChildren;
}

export const Empty = ({ icon, title, children }: EmptyProps) => (
  <div class="state">
    {icon && <Icon name={icon} />}
    <p class="state-title">{title}</p>
    {children}
  </div>
);

/** What went wrong, and what can be done about it. */
export const Failure = ({ error, onRetry }: { error: unknown; onRetry?: () => void }) => (
  <div class="state" role="alert">
    <p class="state-title">{error instanceof ApiError ? error.message : 'Something went wrong in this page.'}</p>
    <p class="soft">{error instanceof ApiError ? error.advice : String(error)}</p>
    {onRetry && (
      <Button icon="refresh" onClick={onRetry}>
        Try again
      </Button>
    )}
  </div>
);
