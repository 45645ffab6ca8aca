import type { JsonValue } from '#kernel';

export type Action = 'create' | 'update' | 'unchanged' | 'conflict';

export interface FieldChange {
  field: string;
  from?: JsonValue;
  to?: JsonValue;
}

export interface PlanItem {
  type: string;
  name: string;
  action: Action;
  /** Of the content in the file, as it would be stored. */
  hash: string;
  reason?: string | null;
  changes: FieldChange[];
}

/** What `POST /dependencies/import/validate` answers. */
export interface Plan {
  planId: string;
  items: PlanItem[];
  secrets: { slot: string; description: string; required: boolean }[];
  problems: { type?: string; name?: string; field?: string; message: string }[];
}

/** What an import has done. */
export interface Import {
  id: string;
  status: string;
  createdAt: string;
  appliedAt: string | null;
  counts: Record<'create' | 'update' | 'keep' | 'unchanged', number>;
  /** While it is executed or undone. */
  progress: { done: number; total: number } | null;
}

export const countOf = ({ items }: Plan, action: Action): number =>
  items.filter((item) => item.action === action).length;
