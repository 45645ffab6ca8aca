import { newId } from '#kernel';
import type { Qos, Will } from './aedes-internals';
import type { Message } from './message';
import type { Session } from './session';
import { tenantOf } from './tenant';

/*
 * What the broker keeps beyond its process. Each is an object of the working set in memory that knows whether it stands on
 * disk (`stored`) and whether it is over (`gone`); the journal brings the tables to what the objects say.
 */

abstract class Durable {
  stored = false;
  gone = false;
}

/** One filter of a session. */
export class Subscription extends Durable {
  readonly kind = 'subscription';

  constructor(
    readonly session: Session,
    /** As it was subscribed to, but with the organization's prefix: `<org>/a/#`, `$share/<group>/<org>/a/#`. */
    readonly name: string,
    readonly options: SubscriptionOptions,
    readonly id: string = newId(),
  ) {
    super();
  }
}

export interface SubscriptionOptions {
  qos: Qos;
  noLocal: boolean;
  retainAsPublished: boolean;
  identifier: number | undefined;
}

/** A message that lasting sessions wait for. */
export class KeptMessage extends Durable {
  readonly kind = 'message';
  /** Sessions that have not acknowledged it. */
  holders = 0;

  constructor(
    readonly message: Message,
    readonly id: string = newId(),
  ) {
    super();
  }
}

/** How one session gets a message. */
export interface Receipt {
  qos: Qos;
  retain: boolean;
  /** Of all its subscriptions that select the message. */
  identifiers: number[] | undefined;
}

/** A QoS 1 or 2 message on its way to one session. */
export class QueueEntry extends Durable {
  readonly kind = 'queued';
  /** It was sent before, or perhaps was. */
  dup = false;
  /** QoS 2: the receiver has it, and is told that its id is free again. */
  released = false;

  constructor(
    readonly session: Session,
    readonly packetId: number,
    /** Let go once it is sent where nothing is sent twice. */
    public message: Message | undefined,
    readonly receipt: Receipt,
    /** Where it has to outlive the connection. */
    readonly kept: KeptMessage | undefined,
  ) {
    super();
  }
}

/** The id of a QoS 2 message that was received and is not released yet. */
export class ReceivedId extends Durable {
  readonly kind = 'received';

  constructor(
    readonly packetId: number,
    /** The lasting session it belongs to; without one it ends with the process. */
    readonly session: Session | undefined,
  ) {
    super();
  }
}

/** The retained message of a topic. */
export class Retained extends Durable {
  readonly kind = 'retained';

  constructor(
    public message: Message,
    readonly id: string = newId(),
  ) {
    super();
  }
}

/** The will of a client that is connected, or was when the broker ended. */
export class KeptWill extends Durable {
  readonly kind = 'will';
  leftAt: number | undefined;

  constructor(
    readonly clientId: string,
    readonly will: Will,
    /** What the client signed in with, sealed; none where nothing outlives the process. */
    readonly credential: Buffer | undefined,
    readonly id: string = newId(),
  ) {
    super();
  }
}

export type DurableRecord = Session | Subscription | KeptMessage | QueueEntry | ReceivedId | Retained | KeptWill;

export function organizationOf(record: DurableRecord): string {
  switch (record.kind) {
    case 'session':
    case 'will':
      return tenantOf(record.clientId);
    case 'message':
    case 'retained':
      return tenantOf(record.message.topic);
    default:
      return tenantOf(record.session!.clientId);
  }
}
