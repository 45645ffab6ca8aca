import { Injectable } from '@nestjs/common';
import {
  encodeTimeCursor,
  invalid,
  jsonProblem,
  readTimeCursor,
  scopeBranches,
  Stretch,
  type Member,
  type Scope,
} from '#kernel';
import { AuditTrail } from '#platform/audit';
import { Database, requireVersion, type SeenVersion } from '#platform/database';
import { SchemasInForce } from '../schemas/schemas-in-force';
import { toVerdictView } from '../schemas/dto/schema.dto';
import { requireTopicRight } from '../topics/topic-rights';
import {
  toQuarantinedView,
  type Correction,
  type Discarded,
  type QuarantinedDetail,
  type QuarantinedView,
  type QuarantineFilter,
  type QuarantineQuery,
  type QuarantineSelection,
  type QuarantineSummary,
} from './dto/quarantine.dto';
import { QuarantineRepository, type Quarantined } from './quarantine.repository';
import { lockQuarantine, MOST_QUARANTINED } from './quarantine.store';
import { requireOne, requireTopic, type Selection } from './selection';

const MOST_COUNTS = 1_000;
/** Values that one transaction removes. */
const BATCH = 10_000;

/** Values that schemas have refused: looked at, corrected and discarded. */
@Injectable()
export class QuarantineService {
  constructor(
    private readonly database: Database,
    private readonly values: QuarantineRepository,
    private readonly schemas: SchemasInForce,
    private readonly audit: AuditTrail,
  ) {}

  async list(member: Member, query: QuarantineQuery): Promise<Stretch<QuarantinedView>> {
    const { limit, cursor, sort } = query;
    const direction = sort === 'receivedAt' ? 'ASC' : 'DESC';
    const page = { after: readTimeCursor(cursor), direction, limit } as const;
    const rows = await this.values.list(member.organizationId, readable(member, query), page);
    const last = rows.length === limit ? rows.at(-1) : undefined;
    const nextCursor = last ? encodeTimeCursor({ at: last.receivedAt, id: last.id }) : null;
    return new Stretch(rows.map(toQuarantinedView), { nextCursor });
  }

  async summary(member: Member, filter: QuarantineFilter): Promise<QuarantineSummary> {
    const selection = readable(member, filter);
    const total = await this.values.count(member.organizationId, selection);
    const counts = await this.values.summary(member.organizationId, selection, MOST_COUNTS);
    return { total, most: MOST_QUARANTINED, counts };
  }

  async get(member: Member, id: string): Promise<QuarantinedDetail> {
    return this.detail(await this.load(member, 'uns:read', id));
  }

  /** What was published is kept beside it. @throws DomainError `bad_request`, `not_found`, `precondition_failed`. */
  async correct(member: Member, id: string, ifMatch: SeenVersion, { value }: Correction): Promise<QuarantinedDetail> {
    const problem = jsonProblem(value);
    if (problem) throw invalid({ field: 'value', message: `Value ${problem}` });
    return this.database.inOrganization(member.organizationId, async () => {
      const before = await this.load(member, 'uns:write', id);
      requireVersion(before, ifMatch);
      await this.values.correct(before, value);
      // Values are data: the trail says that one was changed, and the quarantine itself to what.
      await this.record(member, 'quarantine.correct', before, { topic: before.topic });
      return this.detail(await this.values.get(member.organizationId, id));
    });
  }

  async delete(member: Member, id: string): Promise<void> {
    const { organizationId } = member;
    await this.database.inOrganization(organizationId, async (manager) => {
      await lockQuarantine(manager, organizationId);
      const value = await this.load(member, 'uns:write', id);
      await this.values.remove(organizationId, { ids: [id] }, 1);
      await this.record(member, 'quarantine.delete', value, { topic: value.topic, reason: value.reason });
    });
  }

  /** All values of the selection that are there now. */
  async discard(member: Member, { topic, ids }: QuarantineSelection): Promise<Discarded> {
    const { organizationId } = member;
    const selection = { topic, ids };
    await this.requireRight(member, 'uns:write', selection);
    const count = await this.values.count(organizationId, selection);
    const removeSome = () => this.values.remove(organizationId, selection, BATCH);
    let discarded = await this.database.inOrganization(organizationId, async () => {
      await this.audit.record({
        action: 'quarantine.discard',
        organizationId,
        entity: { type: 'quarantine', id: organizationId, ...(topic !== undefined && { name: topic }) },
        details: { count, ...(ids && { ids: ids.slice(0, 100) }) },
      });
      return removeSome();
    });
    for (let some = discarded; some === BATCH && discarded < MOST_QUARANTINED; discarded += some) {
      some = await removeSome();
    }
    return { discarded };
  }

  /** @throws DomainError `bad_request`; `insufficient_scope` unless the caller's branches cover all of it. */
  async requireRight(member: Member, scope: Scope, selection: Pick<Selection, 'topic' | 'ids'>): Promise<void> {
    requireOne(selection);
    const { topic, ids = [] } = selection;
    if (topic !== undefined) requireTopicRight(member, scope, topic);
    else if (scopeBranches(member.scopes, scope)) {
      const topics = await this.values.topicsOf(member.organizationId, ids);
      for (const path of topics) requireTopicRight(member, scope, path);
    }
  }

  private async load(member: Member, scope: Scope, id: string): Promise<Quarantined> {
    const value = await this.values.get(member.organizationId, id);
    requireTopicRight(member, scope, value.topic);
    return value;
  }

  private async detail(value: Quarantined): Promise<QuarantinedDetail> {
    const { organizationId, topicId, topic } = value;
    const judges = await this.schemas.judgesOf([{ id: topicId, organizationId, path: topic }]);
    return { ...toQuarantinedView(value), verdict: toVerdictView(judges.get(topicId)?.(value.value)) };
  }

  private record({ organizationId }: Member, action: string, { id }: Quarantined, details: Record<string, string>) {
    return this.audit.record({ action, organizationId, entity: { type: 'quarantined_value', id }, details });
  }
}

function readable({ scopes }: Member, { topic, reason }: QuarantineFilter): Selection {
  if (topic !== undefined) requireTopic(topic);
  return { topic, reason, branches: scopeBranches(scopes, 'uns:read') };
}
