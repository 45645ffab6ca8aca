import { ALL_SCOPES, SCOPES } from '#kernel';

export class ScopeView {
  /** @example "uns:publish" */
  scope!: string;

  /** @example "UNS" */
  group!: string;

  /** @example "Publish data to topics" */
  description!: string;
}

export const scopeCatalogue = (): ScopeView[] =>
  ALL_SCOPES.map((scope) => ({ scope, group: SCOPES[scope].group, description: SCOPES[scope].description }));
