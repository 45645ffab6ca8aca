import { connect } from 'node:net';

/*
 * HTTP/1.1 by hand: what no client library would send (wrong lengths, broken addresses, raw bytes in fields) has to be
 * sent as it is, and the answer read all the same.
 */

export interface RawAnswer {
  status: number;
  /** By lower-case name. */
  headers: Map<string, string>;
  body: string;
}

const EVENT_STREAM = /^content-type: text\/event-stream[^\r]*\r\n(?:[^\r]+\r\n)*\r\n/im;

/**
 * Sends the bytes on a connection of its own and gives the first answer; undefined when the server closes without one.
 * `cutOff`: the client ends its side at once, as one that promised more than it sent.
 * @throws Error when neither an answer nor the end comes in time.
 */
export async function exchange(port: number, bytes: Buffer, cutOff: boolean): Promise<RawAnswer | undefined> {
  const received = await new Promise<Buffer>((resolve, reject) => {
    const chunks: Buffer[] = [];
    const socket = connect({ port, host: '127.0.0.1', allowHalfOpen: true });
    socket.setTimeout(15_000, () => socket.destroy(new Error('no answer within 15 s')));
    socket.on('data', (chunk) => {
      chunks.push(chunk);
      // It goes on for as long as somebody listens.
      if (EVENT_STREAM.test(Buffer.concat(chunks).toString('latin1'))) socket.destroy();
    });
    socket.on('end', () => socket.end());
    // A server that answers before it has read everything may reset the connection after it.
    socket.on('error', (error: NodeJS.ErrnoException) => {
      if (!['ECONNRESET', 'EPIPE'].includes(error.code ?? '')) reject(error);
    });
    socket.on('close', () => resolve(Buffer.concat(chunks)));
    socket.write(bytes);
    if (cutOff) socket.end();
  });
  return parseAnswer(received);
}

function parseAnswer(bytes: Buffer): RawAnswer | undefined {
  if (bytes.length === 0) return undefined;
  const end = bytes.indexOf('\r\n\r\n');
  const [statusLine = '', ...lines] = bytes.subarray(0, end).toString('latin1').split('\r\n');
  const status = /^HTTP\/1\.1 (\d{3}) /.exec(statusLine)?.[1];
  if (end < 0 || status === undefined) throw new Error(`no HTTP answer: ${bytes.subarray(0, 200).toString('latin1')}`);
  const headers = new Map(
    lines.map((line) => [line.split(':', 1)[0]!.toLowerCase(), line.slice(line.indexOf(':') + 1).trim()]),
  );
  const rest = bytes.subarray(end + 4);
  // `100 Continue` and the like go ahead of the answer, or of the end.
  if (status.startsWith('1')) return parseAnswer(rest);
  if (headers.get('content-type')?.startsWith('text/event-stream'))
    return { status: Number(status), headers, body: '' };
  const body =
    headers.get('transfer-encoding') === 'chunked' ? joinChunks(rest) : rest.subarray(0, lengthOf(headers, rest));
  return { status: Number(status), headers, body: body.toString() };
}

const lengthOf = (headers: Map<string, string>, rest: Buffer): number =>
  Number(headers.get('content-length') ?? rest.length);

function joinChunks(bytes: Buffer): Buffer {
  const parts: Buffer[] = [];
  let at = 0;
  for (;;) {
    const lineEnd = bytes.indexOf('\r\n', at);
    const size = Number.parseInt(bytes.subarray(at, lineEnd).toString('latin1'), 16);
    if (lineEnd < 0 || !(size > 0)) return Buffer.concat(parts);
    parts.push(bytes.subarray(lineEnd + 2, lineEnd + 2 + size));
    at = lineEnd + 2 + size + 2;
  }
}
