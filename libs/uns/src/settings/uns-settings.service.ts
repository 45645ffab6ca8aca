import { Injectable } from '@nestjs/common';
import { conflict, encodeTimeCursor, newId, readTimeCursor, Stretch, type Actor, type JsonValue } from '#kernel';
import { AuditTrail } from '#platform/audit';
import { Database, requireVersion, type SeenVersion } from '#platform/database';
import type { CursorQuery } from '#platform/http';
import type { Check } from '#platform/mqtt';
import type { EntityManager } from 'typeorm';
import type { PutUnsSettings, SettingsTest, UnsSettingChangeView, UnsSettingsView } from './dto/uns-settings.dto';
import { SettingsParts, type SettingsPart } from './settings-part';
import { SettingsStore, type StoredParts, type StoredSettings } from './settings-store';
import { UnsSettingChange } from './uns-settings.entity';

const ENTITY = { type: 'uns_settings', id: 'instance' };

/** What a request asks of one part. */
interface Wish {
  part: SettingsPart;
  before: object;
  after: object;
  /** Another value, and not only one that was the environment's and is to be stored. */
  changed: boolean;
  stored: boolean;
}

/** The instance's settings of the namespace: tried, stored with who changed them, then followed by every process. */
@Injectable()
export class UnsSettingsService {
  constructor(
    private readonly database: Database,
    private readonly store: SettingsStore,
    private readonly parts: SettingsParts,
    private readonly audit: AuditTrail,
  ) {}

  async get(): Promise<UnsSettingsView> {
    return this.view(await this.store.read());
  }

  /**
   * Tries what is new, and stores it if it answers; the processes follow within moments, beginning with what is new.
   * @throws DomainError `bad_request` naming the field, `conflict` when what is new does not answer or somebody else has
   * changed them meanwhile, `precondition_failed`
   */
  async put(actor: Actor, ifMatch: SeenVersion, request: PutUnsSettings): Promise<UnsSettingsView> {
    const before = await this.store.read();
    requireVersion(before, ifMatch);
    const wishes = (await this.wishes(request, before.parts)).filter(({ changed, stored }) => changed || !stored);
    for (const { part, after, changed } of wishes) if (changed) await requireAnswer(part, after);
    if (wishes.length > 0) await this.save(actor, before, wishes);
    return this.get();
  }

  /** Tries them, and changes nothing. @throws DomainError `bad_request` naming the field */
  async test(request: PutUnsSettings): Promise<SettingsTest> {
    const { parts } = await this.store.read();
    const checks: Check[] = [];
    for (const { part, after } of await this.wishes(request, parts)) {
      const found = await part.test(after);
      checks.push(...found.map((check) => ({ ...check, name: `${part.name}: ${check.name}` })));
    }
    const ok = checks.every((check) => check.ok);
    await this.database.asSystem(() =>
      this.audit.record({ action: 'uns-settings.test', entity: ENTITY, details: { ok, parts: Object.keys(request) } }),
    );
    return { ok, checks };
  }

  /** Newest first. @throws DomainError `bad_request` for a cursor that is none. */
  async history({ limit, cursor }: CursorQuery): Promise<Stretch<UnsSettingChangeView>> {
    const before = readTimeCursor(cursor);
    const rows = await this.database.asSystem((manager) => {
      const query = manager.createQueryBuilder(UnsSettingChange, 'change');
      if (before) query.where('(change.at, change.id) < (:at, :id)', before);
      return query
        .orderBy('change.at', 'DESC')
        .addOrderBy('change.id', 'DESC')
        .limit(limit + 1)
        .getMany();
    });
    const shown = rows.slice(0, limit);
    const last = rows.length > limit ? shown.at(-1) : undefined;
    return new Stretch(shown.map(toChangeView), { nextCursor: last ? encodeTimeCursor(last) : null });
  }

  private async save(actor: Actor, seen: StoredSettings, wishes: readonly Wish[]): Promise<void> {
    await this.database.asSystem(async (manager) => {
      const before = await this.store.lock(manager);
      // Trying took its time, without a lock.
      if (before.version !== seen.version) throw conflict('The settings have been changed meanwhile');
      const parts: Record<string, unknown> = { ...before.parts };
      for (const { part, after } of wishes) parts[part.name] = await part.apply(after, parts[part.name], manager);
      await this.store.save(manager, before, parts);
      await this.write(manager, actor, wishes);
    });
  }

  private async write(manager: EntityManager, { userId, email }: Actor, wishes: readonly Wish[]): Promise<void> {
    const changes = wishes.map(({ part, before, after, stored }) => ({
      field: part.name,
      from: stored ? part.view(before) : { ...part.view(before), from: 'environment' },
      to: part.view(after),
    }));
    const at = new Date();
    await manager.insert(
      UnsSettingChange,
      changes.map(({ field, from, to }) => ({
        ...{ id: newId(), at, userId, userEmail: email },
        ...{ field, oldValue: from, newValue: to },
      })),
    );
    const audited = changes.map(({ field, from, to }) => [field, { from: from as JsonValue, to: to as JsonValue }]);
    await this.audit.record({
      action: 'uns-settings.change',
      entity: ENTITY,
      changes: Object.fromEntries(audited) as Record<string, { from: JsonValue; to: JsonValue }>,
    });
  }

  /** @throws DomainError `bad_request` */
  private async wishes(request: PutUnsSettings, parts: StoredParts): Promise<Wish[]> {
    const wishes: Wish[] = [];
    for (const part of this.parts.all) {
      const given = request[part.name];
      if (!given) continue;
      const before = await part.valueOf(parts[part.name]);
      const after = part.accept(given, before);
      const changed = JSON.stringify(before) !== JSON.stringify(after);
      wishes.push({ part, before, after, changed, stored: parts[part.name] !== undefined });
    }
    return wishes;
  }

  private async view({ parts, version, updatedAt }: StoredSettings): Promise<UnsSettingsView> {
    const { all } = this.parts;
    const of = async (name: SettingsPart['name']): Promise<object> => {
      const part = all.find((one) => one.name === name)!;
      return part.view(await part.valueOf(parts[name]));
    };
    const states = await Promise.all(all.map(async (part) => [part.name, await part.state()] as const));
    return {
      storage: await of('storage'),
      broker: await of('broker'),
      fromEnvironment: all.filter(({ name }) => parts[name] === undefined).map(({ name }) => name),
      state: Object.fromEntries(states),
      version,
      updatedAt,
    };
  }
}

/** @throws DomainError `conflict` with the reason in plain words; what is in use goes on. */
async function requireAnswer(part: SettingsPart, value: object): Promise<void> {
  const checks = await part.test(value);
  const failed = checks.find(({ ok }) => !ok);
  if (failed) throw conflict(`The ${part.name} cannot be used, and stays what it is: ${failed.message}`, { checks });
}

const toChangeView = (change: UnsSettingChange): UnsSettingChangeView => ({
  at: change.at,
  userId: change.userId,
  userEmail: change.userEmail,
  field: change.field,
  old: change.oldValue,
  new: change.newValue,
});
