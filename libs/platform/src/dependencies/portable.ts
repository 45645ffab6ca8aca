import { DiscoveryService } from '@nestjs/core';
import type { FieldProblem, JsonValue, Member } from '#kernel';

export type PortableContent = { [name: string]: JsonValue };

/** Stands in a content in the place of each secret there is. */
export const SECRET_PLACE = '********';

/** An entity as it leaves the organization. */
export interface PortableEntity {
  id: string;
  /**
   * What it is called everywhere, unique among those of its type: a path of names, `/` between them and in each `~1` for
   * `/` and `~0` for `~` (RFC 6901). Topics are their paths as they stand.
   */
  name: string;
  version: number;
  /**
   * Everything people decide of it but its name, with every default; members whose order says nothing in one that is
   * always the same. References are ids, secrets `SECRET_PLACE`.
   */
  content: PortableContent;
  /**
   * By JSON Pointers into the content (RFC 6901), in clear. In lists of things that all have an `id`, a thing goes by that:
   * `/nodes/hook/parameters/auth`.
   */
  secrets: ReadonlyMap<string, JsonValue>;
}

/** A content that came in, as it would be stored. */
export interface CheckedContent {
  content: PortableContent;
  /** Places of all secrets that it has or could not be without, as such pointers. */
  secrets: readonly string[];
  problems: readonly FieldProblem[];
}

/** An entity as it is made: its content is checked, references are ids, and secrets stand in their places. */
export interface EnteringEntity {
  id: string;
  name: string;
  content: PortableContent;
}

/** What an entity becomes, where it is still at that version. */
export interface ChangedEntity extends EnteringEntity {
  version: number;
}

/** What stands against an entity, by its id. */
export interface Conflict extends FieldProblem {
  id: string;
}

/** An entity that goes; where a version is said, at that alone. */
export interface LeavingEntity {
  id: string;
  version?: number;
}

/** Marks a provider as a `Portable`, from whichever module it comes. */
export const IsPortable = DiscoveryService.createDecorator();

/**
 * One type of entity that leaves and enters organizations. Changes are made in the caller's transaction by the same rules
 * as any other, recorded in the trail and kept in the graph. Rights are the caller's affair: it may do all of it.
 */
export interface Portable {
  /** `pipeline` */
  readonly type: string;
  /** Types that have to be there first. */
  readonly after: readonly string[];
  /** Whether names are the same whatever their case. */
  readonly caseless: boolean;
  /** The type of those that it is a part of, whose name its own begins with: functions of a connection. */
  readonly partOf?: string;

  /** Whether its entities may refer to one another in a circle, and so to one that is not there yet. */
  readonly circular?: boolean;

  /** Whether others have to wait from the first that is written to the commit: they come as late as their order allows. */
  readonly holdsOthersUp?: boolean;

  /** Ids by names: of everything there is. */
  names(organizationId: string): Promise<Map<string, string>>;

  /** Those that exist of them, in no particular order; at most 500 at once. */
  read(organizationId: string, ids: readonly string[]): Promise<PortableEntity[]>;

  /** Judges what can be judged without looking at anything else; never throws for whatever the content is. */
  check(name: string, content: PortableContent): CheckedContent;

  /**
   * What stands against these being there, all of them and beside whatever stays as it is, that no content tells by itself: an
   * address that another one has. It is that of now, and whoever writes them is told again. To be asked outside of
   * transactions: others may be in another organization.
   * @param entities whose references may be names.
   * @param unsettled ids of those that may become others along with them: what they have is nobody's.
   */
  conflicts?(
    organizationId: string,
    entities: readonly EnteringEntity[],
    unsettled: ReadonlySet<string>,
  ): Promise<Conflict[]>;

  /** The same content with other references. `map` is given what stands in each place that may hold one, ids or not. */
  mapReferences(content: PortableContent, map: (type: string, text: string) => string): PortableContent;

  /** @throws DomainError */
  create(member: Member, entity: EnteringEntity): Promise<void>;

  /**
   * Lets go of what others may take over, such as addresses of which there is one each, so that several can exchange them.
   * Each of these is changed or deleted later in the same transaction, and has again then what its content says.
   */
  release?(member: Member, ids: readonly string[]): Promise<void>;

  /**
   * Secrets that are `SECRET_PLACE` stay what they are. The name may differ in case.
   * @throws DomainError `precondition_failed` where it is not at that version any more.
   */
  update(member: Member, entity: ChangedEntity): Promise<void>;

  /**
   * Who depends on it is not asked.
   * @param version where it is to go at that version alone.
   * @throws DomainError `not_found`; `precondition_failed`; `conflict` where it cannot be.
   */
  delete(member: Member, id: string, version?: number): Promise<void>;

  /**
   * Does work by which several of its entities change, and judges them when it is done, by what they are then: for types of
   * which one may be sound only with what another is about to become.
   * @throws DomainError that names the entity.
   */
  together?<T>(organizationId: string, work: () => Promise<T>): Promise<T>;
}

/** Told how many more are written. */
export type Progress = (count: number) => void;

/**
 * A type of which there may be tens of thousands: any number of entities by a few statements, in whichever order they come,
 * all or nothing. By the same rules and with the same traces as one by one; refusals name the entity.
 */
export interface BulkPortable extends Portable {
  /** By ids, as `read` tells them; what does not exist is left out. */
  versions(organizationId: string, ids: readonly string[]): Promise<Map<string, number>>;

  createAll(member: Member, entities: readonly EnteringEntity[], progress: Progress): Promise<void>;

  updateAll(member: Member, entities: readonly ChangedEntity[], progress: Progress): Promise<void>;

  deleteAll(member: Member, entities: readonly LeavingEntity[], progress: Progress): Promise<void>;
}

export const isBulk = (portable: Portable): portable is BulkPortable => 'createAll' in portable;
