import { Injectable } from '@nestjs/common';
import { unavailable } from '#kernel';
import { Database } from '#platform/database';
import { isStale, requireEpochs, type Epochs } from '../epochs';
import { QuarantineStore, type QuarantineOutcome } from '../quarantine/quarantine.store';
import type { RecordInput } from '../record';
import { NextStoreFailed, RecordStorage } from '../storage/record-storage';
import { idOf } from '../storage/record-row';
import { FeedWriter } from '../stream/feed-writer';
import { TopicRegistry, type KnownTopic, type TopicName } from '../topics/topic-registry';
import { LatestValues } from './latest-values';
import { OrganizationViews, type OrganizationView } from './organization-views';
import type { Appended, RecordBatch } from './record-batch';
import { idsOfKey, placeOfId, type IdPlace } from './record-ids';
import { RecordObservers, type ObservedRecord } from './record-observers';
import { sortRows, type SortedRows } from './sort-rows';
import type { Row } from './row';
import { TopicDays } from './topic-days';

/** Tries of one transaction while the rules change again and again. */
const MOST_STALE = 20;

/**
 * Stores what some callers handed over, in one transaction: values that keep to the rules as records, those that do not in
 * quarantine, for those who listen in the feed, and whatever observers do about them.
 */
@Injectable()
export class RecordTransaction {
  constructor(
    private readonly database: Database,
    private readonly views: OrganizationViews,
    private readonly topics: TopicRegistry,
    private readonly observers: RecordObservers,
    private readonly latest: LatestValues,
    private readonly days: TopicDays,
    private readonly quarantine: QuarantineStore,
    private readonly storage: RecordStorage,
    private readonly feed: FeedWriter,
  ) {}

  /**
   * What became of each batch.
   * @param writer of this process: it has one transaction at a time.
   * @param nextId counts up for records that have no id of their own.
   */
  async store(writer: number, batches: readonly RecordBatch[], nextId: () => IdPlace): Promise<Appended[]> {
    const organizations = [...new Set(batches.map(({ organizationId }) => organizationId))];
    for (let attempt = 1; attempt <= MOST_STALE; attempt++) {
      try {
        return await this.tryToStore(writer, organizations, batches, nextId);
      } catch (error) {
        this.feed.abandon(writer);
        if (error instanceof NextStoreFailed) await this.storage.giveUp(error.message);
        else if (isStale(error)) await this.readAgain(organizations);
        else throw error;
      }
    }
    throw unavailable('The rules of the namespace change too often', 1);
  }

  private async readAgain(organizations: readonly string[]): Promise<void> {
    this.views.forget(organizations);
    await this.storage.refresh();
  }

  private async tryToStore(
    writer: number,
    organizations: readonly string[],
    batches: readonly RecordBatch[],
    nextId: () => IdPlace,
  ): Promise<Appended[]> {
    const { generation } = this.storage;
    const views = await this.views.of(organizations);
    const epochs = new Map([...views].map(([id, view]) => [id, view.epochs]));
    const rows = this.rowsOf(batches, views, await this.knownTopics(batches, epochs), nextId);
    const sorted = sortRows(rows);
    const observed = this.observed(sorted.accepted);
    const work = observed.size > 0 ? await this.observers.registered?.prepare([...observed.values()]) : undefined;
    const { settled, remember } = await this.database.inOrganizations(organizations, async (manager) => {
      await requireEpochs(manager, epochs, generation);
      const settled = await this.quarantine.settle(manager, sorted);
      const accepted = without(sorted.accepted, settled.gone);
      const ruled = accepted.filter(({ known }) => known.policy.keep);
      const selected = ruled.length > 0 ? await this.latest.select(manager, ruled) : undefined;
      const kept = selected ? accepted.filter((row) => !row.known.policy.keep || selected.has(row)) : accepted;
      const remember = await this.days.note(manager, kept);
      const fresh = kept.filter((row) => !mayBeThere(row));
      const keyed = kept.filter(mayBeThere);
      await this.storage.append(organizations, { fresh, keyed }, async (inserted) => {
        const keptBefore = new Set(keyed.filter((row) => !inserted.has(idOf(row)) && !row.batch.resubmission));
        const isNew = (row: Row): boolean => !keptBefore.has(row) && !settled.gone.has(row);
        await this.feed.add(
          manager,
          writer,
          accepted.filter((row) => row.watched && isNew(row)),
        );
        await work?.store([...observed].filter(([row]) => isNew(row)).map(([, record]) => record));
      });
      return { settled, remember };
    });
    remember();
    work?.committed();
    return batches.map((batch) => outcomeOf(batch, sorted, settled));
  }

  /** The topics of each batch's records, made where there are none. */
  private async knownTopics(
    batches: readonly RecordBatch[],
    epochs: ReadonlyMap<string, Epochs>,
  ): Promise<(KnownTopic | undefined)[][]> {
    const missing: TopicName[] = [];
    const known = batches.map(({ organizationId, records }) => {
      const asOf = epochs.get(organizationId)!;
      return records.map(({ topic }) => {
        const name = { organizationId, topic };
        const found = this.topics.get(name, asOf);
        if (!found) missing.push(name);
        return found;
      });
    });
    if (missing.length === 0) return known;
    const made = await this.topics.ensure(missing, epochs);
    return batches.map(({ organizationId, records }, at) =>
      records.map(({ topic }, index) => known[at]![index] ?? made({ organizationId, topic })),
    );
  }

  private rowsOf(
    batches: readonly RecordBatch[],
    views: ReadonlyMap<string, OrganizationView>,
    topics: readonly (KnownTopic | undefined)[][],
    nextId: () => IdPlace,
  ): Row[] {
    return batches.flatMap((batch, at) => {
      const { organizationId, documents, resubmission } = batch;
      const { watches } = views.get(organizationId)!;
      const idAt = idsOf(batch, nextId);
      return batch.records.map((record, index) => {
        const known = topics[at]![index];
        if (!known) throw new Error(`topic ${record.topic} was not made`);
        const { idBase, idLow } = idAt(index);
        const receivedAt = resubmission?.values[index]!.receivedAt ?? batch.receivedAt;
        return {
          batch,
          index,
          organizationId,
          topicId: known.id,
          topic: record.topic,
          idBase,
          idLow,
          timestamp: record.timestamp ?? receivedAt,
          receivedAt,
          quality: record.quality,
          source: record.source,
          value: record.value,
          document: documents[index]!,
          reason: null,
          watched: !watches.isEmpty && matches(watches, record.topic),
          known,
        };
      });
    });
  }

  /** Those that somebody acts upon. */
  private observed(rows: readonly Row[]): Map<Row, ObservedRecord> {
    const observer = this.observers.registered;
    if (!observer) return new Map();
    const wanted = rows.filter(({ organizationId, topic }) => observer.wants(organizationId, topic));
    return new Map(wanted.map((row) => [row, toObserved(row)]));
  }
}

/** By a key, or from an attempt whose end nobody knows. */
const mayBeThere = ({ batch }: Row): boolean => batch.key !== undefined || batch.resubmission !== undefined;

const without = (rows: Row[], gone: ReadonlySet<Row>): Row[] =>
  gone.size > 0 ? rows.filter((row) => !gone.has(row)) : rows;

function idsOf({ key, resubmission }: RecordBatch, nextId: () => IdPlace): (index: number) => IdPlace {
  if (resubmission) return (index) => placeOfId(resubmission.values[index]!.id);
  return key === undefined ? nextId : idsOfKey(key);
}

function matches(watches: OrganizationView['watches'], topic: string): boolean {
  let found = false;
  watches.match(topic, () => (found = true));
  return found;
}

const toObserved = ({ organizationId, topic, value, source, timestamp, quality, batch }: Row): ObservedRecord => ({
  organizationId,
  topic,
  value,
  source,
  timestamp,
  quality,
  chainDepth: batch.chainDepth,
});

function outcomeOf(batch: RecordBatch, sorted: SortedRows, { ids, gone }: QuarantineOutcome): Appended {
  const { receivedAt, records, resubmission } = batch;
  const rows = sorted.refusedOf.get(batch) ?? [];
  const refused = rows.map((row) => ({
    index: row.index,
    id: ids.get(row) ?? null,
    topic: row.topic,
    reason: row.verdict.reason,
    message: row.verdict.message,
  }));
  const accepted = sorted.acceptedOf.get(batch);
  if (resubmission) {
    const own = accepted ?? sorted.accepted.filter((row) => row.batch === batch);
    return { receivedAt, stored: without(own, gone).map(toInput), refused: refused.filter(({ id }) => id !== null) };
  }
  // Nearly always all of them, as they came.
  const stored = accepted ? accepted.map(toInput) : refused.length > 0 ? [] : records;
  return { receivedAt, stored, refused };
}

const toInput = ({ batch, index, quality }: Row): RecordInput => ({ ...batch.records[index]!, quality });
