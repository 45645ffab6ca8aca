import { Injectable } from '@nestjs/common';
import { DomainError, type Member } from '#kernel';
import { isBulk, type ChangedEntity, type EnteringEntity, type Progress } from '#platform/dependencies';
import { Portables } from './portables';

/** An entity as refusals call it. */
interface Named {
  id: string;
  name: string;
}

/** Writes entities of one type: all at once where there may be very many, else one by one in the order given. */
@Injectable()
export class EntityWriter {
  constructor(private readonly portables: Portables) {}

  /** @throws DomainError that names the entity. */
  async create(member: Member, type: string, entities: readonly EnteringEntity[], progress: Progress): Promise<void> {
    const portable = this.portables.get(type);
    if (entities.length === 0) return;
    if (isBulk(portable)) return portable.createAll(member, entities, progress);
    return oneByOne(type, entities, progress, (entity) => portable.create(member, entity));
  }

  /** @throws DomainError that names the entity; `precondition_failed` where one is not at its version any more. */
  async update(member: Member, type: string, entities: readonly ChangedEntity[], progress: Progress): Promise<void> {
    const portable = this.portables.get(type);
    if (entities.length === 0) return;
    if (isBulk(portable)) return portable.updateAll(member, entities, progress);
    return oneByOne(type, entities, progress, (entity) => portable.update(member, entity));
  }

  /** @throws DomainError that names the entity. */
  async delete(member: Member, type: string, entities: readonly Named[], progress: Progress): Promise<void> {
    const portable = this.portables.get(type);
    if (entities.length === 0) return;
    const ids = entities.map(({ id }) => id);
    if (isBulk(portable)) return portable.deleteAll(member, ids, progress);
    return oneByOne(type, entities, progress, ({ id }) => portable.delete(member, id));
  }
}

async function oneByOne<E extends Named>(
  type: string,
  entities: readonly E[],
  progress: Progress,
  write: (entity: E) => Promise<void>,
): Promise<void> {
  for (const entity of entities) {
    try {
      await write(entity);
    } catch (error) {
      throw error instanceof DomainError ? ofEntity(type, entity, error) : error;
    }
    progress(1);
  }
}

const ofEntity = (type: string, { name }: Named, { kind, message, details }: DomainError): DomainError =>
  new DomainError(kind, `${type} ${name}: ${message}`, details);
