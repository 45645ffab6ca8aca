import type { BrokerClient, WirePacket } from './aedes-internals';

/** Messages of one client, and their bytes, that may wait for the handler before we stop reading from it. */
const MAX_MESSAGES = 2_000;
const MAX_BYTES = 2 * 1024 * 1024;

/**
 * aedes reads on when everything of the last read is answered. An answer here takes a database commit, so publishes are
 * not counted for that, up to a limit: a client's next messages join the next commit, and its pings are answered.
 */
export function readAhead(client: BrokerClient): void {
  const parser = client._parser;
  const [accept] = parser.listeners('packet') as [(packet: WirePacket) => void];
  const countedDone = client._nextBatch;
  let messages = 0;
  let bytes = 0;
  parser.removeAllListeners('packet');
  parser.on('packet', (packet: WirePacket) => {
    // What comes together with the CONNECT waits in a queue of aedes for its end.
    const ahead = packet.cmd === 'publish' && client.connackSent && messages < MAX_MESSAGES && bytes < MAX_BYTES;
    if (!ahead) {
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
      countedDone(error);
    };
    accept.call(parser, packet);
    client._nextBatch = countedDone;
  });
}
