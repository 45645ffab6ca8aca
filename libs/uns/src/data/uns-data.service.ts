import { invalid, newId, type FieldProblem, type Member } from '#kernel';
import { MqttOutlet } from '#platform/mqtt';
import { Injectable, Logger } from '@nestjs/common';
import type { Published, PublishedBatch } from './dto/record.dto';
import type { RecordInput } from '../record';
import type { AppendOptions, RefusedRecord } from '../ingest/record-batch';
import { RecordWriter } from '../ingest/record-writer';
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

  /** Stores what a broker has authorized already, and passes on itself. */
  async receive(organizationId: string, record: RecordInput): Promise<void> {
    const { refused } = await this.writer.append(organizationId, [record]);
    requireAll(refused);
  }

  async publish(member: Member, record: RecordInput): Promise<Published> {
    await this.store(member, [record]);
    return { message: PUBLISHED };
  }

  /** All records, or none. */
  async publishBatch(member: Member, records: readonly RecordInput[]): Promise<PublishedBatch> {
    await this.store(member, records);
    return { message: PUBLISHED, count: records.length };
  }

  /**
   * Publishes in the organization's own name, to any of its topics: all records, or none, and once for each key, however
   * often it is called. Subscribers are told each time.
   * @param key whatever stands for this act of publishing, and for no other of any organization.
   * @param records at most 10,000, with the same topics and timestamps in every call; none without a timestamp.
   * @param chainDepth of the run that publishes: pipelines that its values start are one link further.
   * @throws DomainError `unavailable`
   */
  async publishOnce(
    organizationId: string,
    key: string,
    records: readonly RecordInput[],
    chainDepth?: number,
  ): Promise<void> {
    if (records.some(({ timestamp }) => timestamp === null))
      throw new Error('a record to publish once has no timestamp');
    await this.storeAndTell(organizationId, records, { key, chainDepth });
  }

  private async store(member: Member, records: readonly RecordInput[]): Promise<void> {
    for (const topic of new Set(records.map((record) => record.topic))) requireTopicRight(member, 'uns:publish', topic);
    await this.storeAndTell(member.organizationId, records);
  }

  private async storeAndTell(
    organizationId: string,
    records: readonly RecordInput[],
    options?: AppendOptions,
  ): Promise<void> {
    const { stored, refused, receivedAt } = await this.writer.append(organizationId, records, options);
    // Stored is published: subscribers are told, but the caller does not wait for the slowest of them.
    this.passOn(organizationId, stored, receivedAt).catch((error: unknown) => this.logger.warn(error));
    requireAll(refused);
  }

  private async passOn(organizationId: string, records: readonly RecordInput[], receivedAt: number): Promise<void> {
    if (!this.outlet.hasAudience()) return;
    for (const { topic, value, source, quality, timestamp } of records) {
      const message = { value, timestamp: new Date(timestamp ?? receivedAt).toISOString(), source, quality };
      await this.outlet.publish(organizationId, topic, Buffer.from(JSON.stringify(message)), newId());
    }
  }
}

/** @throws DomainError `bad_request` that names each refused record. */
function requireAll(refused: readonly RefusedRecord[]): void {
  if (refused.length === 0) return;
  const problems = refused.map(({ message }) => ({ field: 'value', message }));
  throw invalid(...(problems as [FieldProblem]));
}
