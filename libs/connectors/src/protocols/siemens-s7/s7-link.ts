import type { Socket } from 'node:net';
import { ConnectorError } from '../../calls/connector-error';
import type { SessionContext } from '../protocol';
import { withinDeadline } from '../support/deadline';
import { Dialogue } from '../support/dialogue';
import { AREA } from './s7-address';
import { CONNECTION_TYPES, type S7Config } from './s7-config';
import { failureOf, itemRefusal, odd, requestRefusal } from './s7-failure';
import {
  answerIn,
  bytesIn,
  codeIn,
  connectRequest,
  Frames,
  isConnectConfirm,
  pduLengthIn,
  READ_OVERHEAD,
  readRequest,
  setupRequest,
  WRITE_OVERHEAD,
  writeRequest,
  type Answer,
  type Piece,
} from './s7-frames';

/** Bytes of a PDU that we can take; a PLC agrees on 240, 480 or 960. */
const LONGEST_PDU = 960;
const SHORTEST_PDU = 128;
const DONE = 0xff;

/** One connection to a PLC. */
export class S7Link {
  readonly where: string;
  private readonly dialogue: Dialogue;
  private readonly frames = new Frames();
  private opened = false;
  private pduLength = SHORTEST_PDU;
  private sequence = 0;
  /** Is told of every frame. */
  private waiting: (frame: Buffer) => void = () => undefined;

  private constructor(
    private readonly socket: Socket,
    private readonly config: S7Config,
    context: SessionContext,
  ) {
    this.where = whereOf(config);
    const { responseTimeoutMs = 10_000, pauseMs = 0 } = config;
    this.dialogue = new Dialogue(socket, {
      where: this.where,
      responseTimeoutMs,
      pauseMs,
      lost: (reason) => {
        if (this.opened) context.lost(reason);
      },
    });
    socket.on('data', (bytes) => {
      const frames = this.frames.push(bytes);
      if (frames) for (const frame of frames) this.waiting(frame);
      else this.dialogue.end('the answer is not S7');
    });
  }

  /** Resolves when the PLC has agreed to talk. @throws ConnectorError */
  static async connect(config: S7Config, context: SessionContext): Promise<S7Link> {
    const { host, port = 102, connectTimeoutMs = 5_000 } = config;
    const where = whereOf(config);
    const begun: { link?: S7Link } = {};
    try {
      return await withinDeadline({ timeoutMs: connectTimeoutMs, signal: context.signal, where }, async (signal) => {
        const socket = await context.outbound.socket(host, port, signal);
        const link = (begun.link = new S7Link(socket, config, context));
        await link.begin(signal);
        link.opened = true;
        return link;
      });
    } catch (error) {
      begun.link?.close();
      throw failureOf(error, where);
    }
  }

  /** @throws ConnectorError */
  async read({ area, db, start, quantity }: Piece, signal: AbortSignal): Promise<Buffer> {
    const size = area < AREA.I ? 2 : 1;
    const most = Math.floor((this.pduLength - READ_OVERHEAD) / size);
    const parts: Buffer[] = [];
    for (let done = 0; done < quantity; done += most) {
      const piece = { area, db, start: start + done, quantity: Math.min(most, quantity - done) };
      const answer = await this.job((sequence) => readRequest(sequence, piece), signal);
      const bytes = bytesIn(answer, piece.quantity * size);
      if (!bytes) throw odd(this.where);
      parts.push(bytes);
    }
    return Buffer.concat(parts);
  }

  /** All of it at once, or none of it. @throws ConnectorError */
  async write(
    piece: Omit<Piece, 'quantity'>,
    bytes: Buffer,
    bit: number | undefined,
    signal: AbortSignal,
  ): Promise<void> {
    const most = this.pduLength - WRITE_OVERHEAD;
    if (bytes.length > most) {
      throw new ConnectorError(`The value takes ${bytes.length} bytes; the PLC takes ${most} at once`);
    }
    await this.job((sequence) => writeRequest(sequence, piece, bytes, bit), signal);
  }

  check(signal: AbortSignal): Promise<void> {
    return this.dialogue.check(() => this.read({ area: AREA.M, db: 0, start: 0, quantity: 1 }, signal));
  }

  close(): void {
    this.dialogue.close();
  }

  private async begin(signal: AbortSignal): Promise<void> {
    const { rack = 0, slot = 1, connectionType = 'PG' } = this.config;
    const confirm = await this.exchange(
      signal,
      connectRequest(CONNECTION_TYPES[connectionType], rack, slot),
      (frame) => frame,
    );
    if (!isConnectConfirm(confirm)) {
      throw new ConnectorError(`${this.where}: the PLC refuses this rack, slot or type of connection`, {
        retryable: true,
      });
    }
    const answer = await this.request((sequence) => setupRequest(sequence, LONGEST_PDU), signal);
    const pduLength = pduLengthIn(answer);
    if (pduLength === undefined || pduLength < SHORTEST_PDU) throw odd(this.where);
    this.pduLength = Math.min(pduLength, LONGEST_PDU);
  }

  /** Of one item. */
  private async job(make: (sequence: number) => Buffer, signal: AbortSignal): Promise<Answer> {
    const answer = await this.request(make, signal);
    const code = codeIn(answer);
    if (code === undefined) throw odd(this.where);
    if (code !== DONE) throw itemRefusal(this.where, code);
    return answer;
  }

  private async request(make: (sequence: number) => Buffer, signal: AbortSignal): Promise<Answer> {
    const sequence = (this.sequence = (this.sequence + 1) % 0x10000);
    // Answers to earlier requests that nobody waits for any more are passed over.
    const answer = await this.exchange(signal, make(sequence), (frame) => {
      const answer = answerIn(frame);
      return answer?.sequence === sequence ? answer : undefined;
    });
    if (answer.error !== 0) throw requestRefusal(this.where, answer.error);
    return answer;
  }

  private exchange<T>(signal: AbortSignal, request: Buffer, pick: (frame: Buffer) => T | undefined): Promise<T> {
    const question = { signal, where: this.where, failureOf: (error: unknown) => failureOf(error, this.where) };
    return this.dialogue.ask(question, async () => {
      const picked = Promise.withResolvers<T>();
      this.waiting = (frame) => {
        const found = pick(frame);
        if (found !== undefined) picked.resolve(found);
      };
      this.socket.write(request);
      return picked.promise;
    });
  }
}

const whereOf = ({ host, port = 102 }: S7Config): string => `${host}:${port}`;
