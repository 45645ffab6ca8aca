import { Injectable } from '@nestjs/common';
import { filterPattern } from '#kernel';
import {
  keyText,
  WeighsDependencies,
  type DependencyWeigher,
  type EntityKey,
  type Weight,
} from '#platform/dependencies';
import { LastRecords } from '../history/last-records';
import { RecordStorage } from '../storage/record-storage';
import { Watches } from '../stream/watches';
import { TopicPlacesRepository } from '../topics/topic-places.repository';
import { topicKey } from './contributions';

const HOUR_MS = 3_600_000;
/** More values than that of one topic are not counted: which of two is used more is plain by then. */
const MOST_COUNTED = 10_000;

/**
 * How much topics are used. `messagesLastHour` counts values that were kept as history, up to 10,000; `lastSeen` is the
 * time of the last value, kept or not; `openNow` counts the filters of live listeners that select the topic: those who
 * listen to the same filter are one, and whoever stops still counts for up to two minutes.
 */
@Injectable()
@WeighsDependencies()
export class TopicWeights implements DependencyWeigher {
  readonly types = ['topic'];

  constructor(
    private readonly topics: TopicPlacesRepository,
    private readonly storage: RecordStorage,
    private readonly last: LastRecords,
    private readonly watches: Watches,
  ) {}

  async weights(organizationId: string, entities: readonly EntityKey[]): Promise<Map<string, Weight>> {
    const paths = entities.map(({ key }) => key);
    const topics = await this.topics.idsOf(organizationId, paths);
    const ids = [...topics.values()];
    const to = new Date();
    const hour = { from: new Date(to.getTime() - HOUR_MS), to };
    const counts = await this.storage.current.countsIn(organizationId, ids, hour, MOST_COUNTED);
    const last = await this.last.of(organizationId, ids, null);
    const listeners = (await this.watches.listenedTo(organizationId)).map(
      (filter) => new RegExp(filterPattern(filter)),
    );
    const weights = [...topics].map(([path, id]): [string, Weight] => [
      keyText(topicKey(path)),
      {
        messagesLastHour: counts.get(id) ?? 0,
        lastSeen: last.get(id)?.timestamp ?? null,
        openNow: listeners.filter((pattern) => pattern.test(path)).length,
      },
    ]);
    return new Map(weights);
  }
}
