import { newId, type Member } from '#kernel';
import { MqttOutlet } from '#platform/mqtt';
import { Injectable, Logger } from '@nestjs/common';
import type { Published, PublishedBatch } from './dto/record.dto';
import type { RecordInput } from '../record';
import type { Appended, AppendOptions, Resubmission } from '../ingest/record-batch';
import { RecordWriter } from '../ingest/record-writer';
import { MOST_TOLD, messageOf, requireAll, requireTaken } from '../quarantine/refusals';
import { requireTopicRight } from '../topics/topic-rights';

const PUBLISHED = 'Data published successfully';

/** Data into the namespace: every way in ends in the same writer, and answers after its commit. */
@Injectable()
export class UnsDataService {
  private readonly logger = new Logger(UnsDataService.name);

  constructor(
    private readonly writer: RecordWriter,
    private readonly outlet: MqttOutlet,
  ) {}

  /**
   * Stores what a broker has authorized already, and passes on itself.
   * @throws SettledRefusal for a value that a schema refuses: it is in quarantine.
   */
  async receive(organizationId: string, record: RecordInput): Promise<void> {
    const { refused } = await this.writer.append(organizationId, [record]);
    requireTaken(refused);
  }

  /** @throws DomainError `bad_request` for a value that a schema refuses, with its id in quarantine. */
  async publish(member: Member, record: RecordInput): Promise<Published> {
    const { refused } = await this.store(member, [record]);
    requireAll(refused, () => 'value');
    return { message: PUBLISHED };
  }

  /**
   * All records, or none; or those that schemas let through. Refused ones are in quarantine either way.
   * @throws DomainError `bad_request` for refused ones that are not to be set aside.
   */
  async publishBatch(
    member: Member,
    records: readonly RecordInput[],
    onRefused: AppendOptions['onRefused'],
  ): Promise<PublishedBatch> {
    const { stored, refused } = await this.store(member, records, { onRefused });
    if (onRefused !== 'setAside') {
      requireAll(refused, placeOf);
      return { message: PUBLISHED, count: stored.length };
    }
    const told = refused.slice(0, MOST_TOLD).map((record) => ({ ...record, message: messageOf(record) }));
    return { message: PUBLISHED, count: stored.length, refusedCount: refused.length, refused: told };
  }

  /**
   * Publishes in the organization's own name, to any of its topics: all records, or none, and once for each key, however
   * often it is called. Subscribers are told each time.
   * @param key whatever stands for this act of publishing, and for no other of any organization.
   * @param records at most 10,000, with the same topics and timestamps in every call; none without a timestamp.
   * @param chainDepth of the run that publishes: pipelines that its values start are one link further.
   * @throws DomainError `unavailable`; `bad_request` for values that a schema refuses.
   */
  async publishOnce(
    organizationId: string,
    key: string,
    records: readonly RecordInput[],
    chainDepth?: number,
  ): Promise<void> {
    if (records.some(({ timestamp }) => timestamp === null))
      throw new Error('a record to publish once has no timestamp');
    const { refused } = await this.storeAndTell(organizationId, records, { key, chainDepth });
    requireAll(refused, placeOf);
  }

  /**
   * Values that come out of quarantine, under the ids and times that they have. Resolves when subscribers have been told,
   * so that they hear values in the order of the calls.
   * @throws DomainError `unavailable`
   */
  async publishAgain(
    organizationId: string,
    records: readonly RecordInput[],
    resubmission: Resubmission,
  ): Promise<Appended> {
    const appended = await this.writer.append(organizationId, records, { onRefused: 'setAside', resubmission });
    await this.tell(organizationId, appended);
    return appended;
  }

  private store(member: Member, records: readonly RecordInput[], options?: AppendOptions): Promise<Appended> {
    for (const topic of new Set(records.map((record) => record.topic))) requireTopicRight(member, 'uns:publish', topic);
    return this.storeAndTell(member.organizationId, records, options);
  }

  private async storeAndTell(
    organizationId: string,
    records: readonly RecordInput[],
    options?: AppendOptions,
  ): Promise<Appended> {
    const appended = await this.writer.append(organizationId, records, options);
    // Stored is published: subscribers are told, but the caller does not wait for the slowest of them.
    void this.tell(organizationId, appended);
    return appended;
  }

  /** Never throws: what is stored is stored. */
  private async tell(organizationId: string, { stored, receivedAt }: Appended): Promise<void> {
    if (!this.outlet.hasAudience()) return;
    try {
      for (const { topic, value, source, quality, timestamp } of stored) {
        const message = { value, timestamp: new Date(timestamp ?? receivedAt).toISOString(), source, quality };
        await this.outlet.publish(organizationId, topic, Buffer.from(JSON.stringify(message)), newId());
      }
    } catch (error) {
      this.logger.warn(error);
    }
  }
}

const placeOf = (index: number): string => `records[${index}].value`;
