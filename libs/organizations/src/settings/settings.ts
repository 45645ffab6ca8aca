import type { JsonValue } from '#kernel';

export const HISTORY_DETAILS = ['minimal', 'standard', 'full'] as const;
export type HistoryDetail = (typeof HISTORY_DETAILS)[number];

/** What an organization can decide for itself; all of it has a default. */
export interface Settings {
  /** IANA name, for schedules and days. */
  timeZone: string;
  retention: {
    /** Days that records of the namespace are kept. */
    recordsDays: number;
    /** Days that finished runs are kept. */
    executionsDays: number;
    /** Days that its part of the audit trail is kept; never longer than the instance keeps it. */
    auditDays: number;
  };
  executions: {
    /** What new pipelines write down of their runs. */
    historyDetail: HistoryDetail;
    /** Runs at the same time. */
    maxConcurrent: number;
    /** Life of a run of a new pipeline, in seconds. */
    timeoutSeconds: number;
    /** Megabytes of history: beyond them new runs leave nothing but their status. */
    maxHistoryMegabytes: number;
  };
  /** Where connections may lead, within what the instance allows. Networks are addresses, or CIDR such as `10.4.0.0/16`. */
  outbound: {
    /** These alone, where there are any. */
    allowedNetworks: readonly string[];
    /** None of these, also of those above. */
    refusedNetworks: readonly string[];
  };
}

export const DEFAULT_SETTINGS: Settings = {
  timeZone: 'UTC',
  retention: { recordsDays: 365, executionsDays: 30, auditDays: 365 },
  executions: { historyDetail: 'standard', maxConcurrent: 100, timeoutSeconds: 300, maxHistoryMegabytes: 10_240 },
  outbound: { allowedNetworks: [], refusedNetworks: [] },
};

/** What is stored: those settings alone that were made, by their paths (`retention.auditDays`). */
export type StoredSettings = Record<string, unknown>;

/** A change: what is left out stays, `null` goes back to the default. */
export type SettingsChange = { [K in keyof Settings]?: Changeable<Settings[K]> | null };
type Changeable<T> = T extends readonly unknown[] ? T : T extends object ? { [K in keyof T]?: T[K] | null } : T;

export interface FieldChange {
  field: string;
  old: JsonValue;
  new: JsonValue;
}

/** What holds: the stored ones over the defaults. */
export function effectiveSettings(stored: StoredSettings): Settings {
  const of = <T>(path: string, value: T): T =>
    isGroup(value)
      ? (Object.fromEntries(
          Object.entries(value).map(([name, inner]) => [name, of(path ? `${path}.${name}` : name, inner as unknown)]),
        ) as T)
      : ((stored[path] as T | undefined) ?? value);
  return of('', DEFAULT_SETTINGS);
}

/** The stored settings after a change, and each field whose value is another one. */
export function applyChange(stored: StoredSettings, change: SettingsChange) {
  const given = pathsOf(change);
  const kept = Object.entries(stored).filter(([key]) => !given.some(([path]) => isAt(key, path)));
  const next: StoredSettings = Object.fromEntries([...kept, ...given.filter(([, value]) => value !== null)]);
  return { stored: next, changes: changesBetween(effectiveSettings(stored), effectiveSettings(next)) };
}

const isAt = (key: string, path: string): boolean => key === path || key.startsWith(`${path}.`);

function changesBetween(before: Settings, after: Settings): FieldChange[] {
  const old = new Map(pathsOf(before));
  return pathsOf(after)
    .filter(([path, value]) => JSON.stringify(old.get(path)) !== JSON.stringify(value))
    .map(([field, value]) => ({ field, old: old.get(field) ?? null, new: value }));
}

function pathsOf(value: object, parent = ''): [path: string, value: JsonValue][] {
  return Object.entries(value)
    .filter(([, member]) => member !== undefined)
    .flatMap(([name, member]): [string, JsonValue][] => {
      const path = parent ? `${parent}.${name}` : name;
      return isGroup(member) ? pathsOf(member, path) : [[path, member as JsonValue]];
    });
}

/** Members of settings, and not a value of one. */
const isGroup = (value: unknown): value is object =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
