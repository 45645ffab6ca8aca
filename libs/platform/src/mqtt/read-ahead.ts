import type { BrokerClient, WirePacket } from './aedes-internals';

/** Messages of one client, and their bytes, that may wait for the handler before we stop reading from it. */
const MAX_MESSAGES = 2_000;
const MAX_BYTES = 2 * 1024 * 1024;
/** Messages of all clients together from which on nothing more is read: a few group commits … */
const MAX_TOGETHER = 5_000;
/** … and from which on reading goes on. */
const LOW_TOGETHER = 2_500;

/**
 * How many messages of all clients wait for the handler. A message costs some kilobytes until it is done with, so it is
 * their number that bounds memory, however many clients there are: what is too much stays in the sockets.
 */
export class ReadBudget {
  private messages = 0;
  private waiting = new Set<() => void>();

  get isSpent(): boolean {
    return this.messages >= MAX_TOGETHER;
  }

  begin(): void {
    this.messages++;
  }

  end(): void {
    this.messages--;
    if (this.messages > LOW_TOGETHER || this.waiting.size === 0) return;
    const waiting = [...this.waiting];
    this.waiting.clear();
    for (const resume of waiting) resume();
  }

  /** Calls back, once, when there is room again. */
  whenRoom(resume: () => void): void {
    this.waiting.add(resume);
  }
}

/**
 * aedes reads on when everything of the last read is answered. An answer here takes a database commit, so publishes are
 * not counted for that, up to a limit: a client's next messages join the next commit, and its pings are answered.
 */
export function readAhead(client: BrokerClient, budget: ReadBudget): void {
  const parser = client._parser;
  const [accept] = parser.listeners('packet') as [(packet: WirePacket) => void];
  const next = withinBudget(client, budget);
  let messages = 0;
  let bytes = 0;
  parser.removeAllListeners('packet');
  parser.on('packet', (packet: WirePacket) => {
    // What comes together with the CONNECT waits in a queue of aedes for its end.
    const room = messages < MAX_MESSAGES && bytes < MAX_BYTES;
    if (packet.cmd !== 'publish' || !client.connackSent || !room) {
      accept.call(parser, packet);
      return;
    }
    const { length } = packet;
    messages++;
    bytes += length;
    client._parsingBatch--;
    // aedes takes this function along with the packet, and calls it when the packet is done with.
    client._nextBatch = (error) => {
      messages--;
      bytes -= length;
      client._parsingBatch++;
      next(error);
    };
    accept.call(parser, packet);
    client._nextBatch = next;
  });
}

/** Stands before aedes's reading, which follows each packet that is done with and each arrival of bytes. */
function withinBudget(client: BrokerClient, budget: ReadBudget): BrokerClient['_nextBatch'] {
  const read = client._nextBatch;
  const resume = (): void => {
    if (client.closed) return;
    if (budget.isSpent) {
      budget.whenRoom(resume);
      return;
    }
    client._parsingBatch++;
    read();
  };
  const next: BrokerClient['_nextBatch'] = (error) => {
    if (error || !budget.isSpent) {
      read(error);
      return;
    }
    client._parsingBatch--;
    budget.whenRoom(resume);
  };
  client.conn.off('readable', read).on('readable', next);
  client._nextBatch = next;
  return next;
}
