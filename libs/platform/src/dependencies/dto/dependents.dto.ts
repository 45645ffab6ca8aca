import { IsFlag } from '../../http';

/** How much an entity is used just now. What says nothing about its type is left out. */
export class Weight {
  /** Runs that began in the last hour. @example 12 */
  runsLastHour?: number;

  /** Values, messages or calls in the last hour. @example 3600 */
  messagesLastHour?: number;

  /** When it last ran, was called, got a value or was looked at; null for never. @example "2026-01-02T03:04:05.678Z" */
  lastSeen?: string | null;

  /** People who look at it just now. @example 2 */
  openNow?: number;
}

/** An entity that refers to another one. */
export class Dependent {
  /** @example "pipeline" */
  type!: string;

  /** @example "01890a5d-ac96-774b-bcce-b302099a8057" */
  id!: string;

  /** @example "Line 1 to MES" */
  name!: string;

  /** Where it says so, at most ten places. @example ["nodes[2].parameters.connectionId"] */
  via!: string[];

  weight?: Weight;
}

/** What stands against a change, or was broken by it. */
export class Dependents {
  /** At most 100, those used most first. */
  dependents!: Dependent[];
}

/** Query of changes that others may stand against. */
export class GuardQuery {
  /** Does it whoever depends on it, and answers who did. */
  @IsFlag()
  force?: boolean;

  /** Changes nothing, and answers who depends on it. */
  @IsFlag()
  dryRun?: boolean;
}
