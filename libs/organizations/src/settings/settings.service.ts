import { Injectable } from '@nestjs/common';
import {
  conflict,
  encodeTimeCursor,
  invalid,
  newId,
  readTimeCursor,
  Stretch,
  type JsonValue,
  type Member,
} from '#kernel';
import { AuditTrail } from '#platform/audit';
import { Database, requireVersion, type SeenVersion } from '#platform/database';
import type { CursorQuery } from '#platform/http';
import type { EntityManager } from 'typeorm';
import { Organization, type Maintenance } from '../organization.entity';
import { SettingChange } from './setting-change.entity';
import {
  toSettingChangeView,
  toSettingsView,
  type ChangeSettings,
  type SettingChangeView,
  type SettingsView,
  type StartMaintenance,
} from './settings.dto';
import { applyChange, effectiveSettings, type FieldChange, type StoredSettings } from './settings';

type Change = Partial<Pick<Organization, 'settings' | 'maintenance'>>;

/** An organization's settings and maintenance mode. Each change of a field is kept, with who made it. */
@Injectable()
export class SettingsService {
  constructor(
    private readonly database: Database,
    private readonly audit: AuditTrail,
  ) {}

  get({ organizationId }: Member): Promise<SettingsView> {
    return this.database.inOrganization(organizationId, async (manager) => view(await find(manager, organizationId)));
  }

  /** @throws DomainError `precondition_failed` */
  change(member: Member, ifMatch: SeenVersion, request: ChangeSettings): Promise<SettingsView> {
    return this.apply(member, 'settings.change', ifMatch, (organization) => {
      const { stored, changes } = applyChange(organization.settings as StoredSettings, request);
      return { change: { settings: stored }, changes };
    });
  }

  /** Closes the organization for everybody but its admins; again changes message and end. */
  startMaintenance(member: Member, { message, until }: StartMaintenance): Promise<SettingsView> {
    if (until !== undefined && !(Date.parse(until) > Date.now())) {
      throw invalid({ field: 'until', message: 'Until must be in the future' });
    }
    const maintenance = { message, ...(until !== undefined && { until: new Date(until).toISOString() }) };
    return this.apply(member, 'maintenance.start', undefined, (organization) => maintain(organization, maintenance));
  }

  /** @throws DomainError `conflict` where there is none. */
  async endMaintenance(member: Member): Promise<void> {
    await this.apply(member, 'maintenance.end', undefined, (organization) => {
      if (!organization.maintenance) throw conflict('The organization is not in maintenance');
      return maintain(organization, null);
    });
  }

  /** Newest first. @throws DomainError `bad_request` for a cursor that is none. */
  async history({ organizationId }: Member, { limit, cursor }: CursorQuery): Promise<Stretch<SettingChangeView>> {
    const before = readTimeCursor(cursor);
    const rows = await this.database.inOrganization(organizationId, (manager) => {
      const query = manager.createQueryBuilder(SettingChange, 'change').where({ organizationId });
      if (before) query.andWhere('(change.at, change.id) < (:at, :id)', before);
      return query
        .orderBy('change.at', 'DESC')
        .addOrderBy('change.id', 'DESC')
        .limit(limit + 1)
        .getMany();
    });
    const shown = rows.slice(0, limit);
    const last = rows.length > limit ? shown.at(-1) : undefined;
    return new Stretch(shown.map(toSettingChangeView), { nextCursor: last ? encodeTimeCursor(last) : null });
  }

  private apply(
    { organizationId, userId, email }: Member,
    action: string,
    ifMatch: SeenVersion,
    decide: (organization: Organization) => { change: Change; changes: FieldChange[] },
  ): Promise<SettingsView> {
    return this.database.inOrganization(organizationId, async (manager) => {
      // One after another: fields that two change at once are both changed.
      const organization = await find(manager, organizationId, true);
      requireVersion({ version: organization.settingsVersion }, ifMatch);
      const { change, changes } = decide(organization);
      if (changes.length === 0) return view(organization);
      const next = { ...change, settingsVersion: organization.settingsVersion + 1 };
      await manager.update(Organization, { id: organizationId }, next);
      const at = new Date();
      const rows = changes.map(({ field, old, new: value }) => ({
        ...{ id: newId(), organizationId, at, userId, userEmail: email },
        ...{ field, oldValue: old as object | null, newValue: value as object | null },
      }));
      await manager.insert(SettingChange, rows);
      await this.audit.record({
        action,
        organizationId,
        entity: { type: 'organization', id: organizationId, name: organization.name },
        changes: Object.fromEntries(changes.map(({ field, old, new: value }) => [field, { from: old, to: value }])),
      });
      return view({ ...organization, ...next });
    });
  }
}

const view = (organization: Organization): SettingsView =>
  toSettingsView(effectiveSettings(organization.settings as StoredSettings), organization);

const maintain = ({ maintenance: old }: Organization, maintenance: Maintenance | null) => ({
  change: { maintenance },
  changes: [{ field: 'maintenance', old: old as JsonValue, new: maintenance as JsonValue }],
});

const find = (manager: EntityManager, id: string, locked = false): Promise<Organization> =>
  manager.findOneOrFail(Organization, { where: { id }, ...(locked && { lock: { mode: 'pessimistic_write' } }) });
