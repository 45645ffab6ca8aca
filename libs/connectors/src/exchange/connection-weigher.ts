import { Injectable } from '@nestjs/common';
import {
  keyText,
  WeighsDependencies,
  type DependencyWeigher,
  type EntityKey,
  type Weight,
} from '#platform/dependencies';
import { MetricsRepository } from '../runtime/metrics.repository';
import { connectionKey } from './connection-contributor';

/**
 * How much connections are used, by the figures that are counted anyway: calls and messages in stretches of five minutes,
 * kept for a day. Functions are not counted one by one, so nothing is said of them.
 */
@Injectable()
@WeighsDependencies()
export class ConnectionWeigher implements DependencyWeigher {
  readonly types = ['connection'];

  constructor(private readonly metrics: MetricsRepository) {}

  async weights(organizationId: string, entities: readonly EntityKey[]): Promise<Map<string, Weight>> {
    const ids = entities.map(({ key }) => key);
    const traffic = await this.metrics.traffic(organizationId, ids);
    return new Map(
      traffic.map(({ connection_id: id, count, last }) => [
        keyText(connectionKey({ id })),
        // What was before that day is not known.
        { messagesLastHour: count, ...(last && { lastSeen: last.toISOString() }) },
      ]),
    );
  }
}
