import { DomainError } from '#kernel';

/**
 * A message that is refused and dealt with all the same: its sender must not send it again. Where the protocol can say
 * so it is refused with the reason (MQTT 5); elsewhere it is acknowledged. Subscribers do not get it.
 */
export class SettledRefusal extends DomainError {
  constructor(message: string, details?: object) {
    super('bad_request', message, details);
  }
}
