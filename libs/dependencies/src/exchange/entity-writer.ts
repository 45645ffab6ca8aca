import { Injectable } from '@nestjs/common';
import { DomainError, type ErrorKind, type Member } from '#kernel';
import {
  isBulk,
  type ChangedEntity,
  type EnteringEntity,
  type LeavingEntity,
  type Progress,
} from '#platform/dependencies';
import { Portables } from './portables';

/** What refusals call an entity. */
interface Named {
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
    if (isBulk(portable)) return atOnce(() => portable.createAll(member, entities, progress));
    return oneByOne(type, entities, progress, (entity) => portable.create(member, entity));
  }

  /** @throws DomainError as `create`; `precondition_failed` where one is not at its version any more. */
  async update(member: Member, type: string, entities: readonly ChangedEntity[], progress: Progress): Promise<void> {
    const portable = this.portables.get(type);
    if (entities.length === 0) return;
    if (isBulk(portable)) return atOnce(() => portable.updateAll(member, entities, progress));
    return oneByOne(type, entities, progress, (entity) => portable.update(member, entity));
  }

  /** @throws DomainError as `update`. */
  async delete(
    member: Member,
    type: string,
    entities: readonly (LeavingEntity & Named)[],
    progress: Progress,
  ): Promise<void> {
    const portable = this.portables.get(type);
    if (entities.length === 0) return;
    if (isBulk(portable)) return atOnce(() => portable.deleteAll(member, entities, progress));
    return oneByOne(type, entities, progress, ({ id, version }) => portable.delete(member, id, version));
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

async function atOnce(write: () => Promise<void>): Promise<void> {
  try {
    await write();
  } catch (error) {
    throw error instanceof DomainError ? new DomainError(kindOf(error), error.message, error.details) : error;
  }
}

const ofEntity = (type: string, { name }: Named, error: DomainError): DomainError =>
  new DomainError(kindOf(error), `${type} ${name}: ${error.message}`, error.details);

/** The plan or import is there; the entity, or what it refers to, is not. */
const kindOf = ({ kind }: DomainError): ErrorKind => (kind === 'not_found' ? 'conflict' : kind);
