import { Injectable } from '@nestjs/common';
import { Portables } from '../exchange/portables';
import { problemOf, type ItemProblem, type Plan, type PlannedItem } from './plan';

/** Finds out what would keep a plan from being executed, and no item tells by itself. */
@Injectable()
export class PlanConflicts {
  constructor(private readonly portables: Portables) {}

  /** Of a plan without problems: by one question for each type, as it is now. */
  async of(organizationId: string, { items }: Plan): Promise<ItemProblem[]> {
    const problems: ItemProblem[][] = [];
    for (const portable of this.portables.all()) {
      if (!portable.conflicts) continue;
      const own = new Map(items.filter(({ type }) => type === portable.type).map((item) => [item.id, item]));
      const entities = [...own.values()].filter(isWritten).map(entityOf);
      if (entities.length === 0) continue;
      const unsettled = new Set([...own.values()].filter(isUnsettled).map(({ id }) => id));
      const conflicts = await portable.conflicts(organizationId, entities, unsettled);
      problems.push(conflicts.map(({ id, ...problem }) => problemOf(own.get(id)!, problem)));
    }
    return problems.flat();
  }
}

const isWritten = ({ action }: PlannedItem): boolean => action === 'create' || action === 'update';

/** What it will be is for somebody to decide: also what stays as it was changed here may be replaced. */
const isUnsettled = ({ action, localChanges }: PlannedItem): boolean =>
  action === 'conflict' || (action === 'unchanged' && localChanges !== undefined);

const entityOf = ({ id, name, incoming, merged = incoming }: PlannedItem) => ({ id, name, content: merged });
