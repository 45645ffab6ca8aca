import type { Socket } from 'node:net';
import type ModbusRTU from 'modbus-serial';
import { ConnectorError } from '../../calls/connector-error';
import type { SessionContext } from '../protocol';
import { withinDeadline } from '../support/deadline';
import { networkFailure } from '../support/network-failure';
import { Turns } from '../support/turns';
import { MbapFrames } from './mbap-frames';
import type { ModbusConfig } from './modbus-config';
import { failureOf, ModbusException } from './modbus-failure';
import type { Area, Span } from './modbus-ranges';
import type { Answer } from './modbus-tags';

const MOST_WAITING = 200;
/** Requests in a row without an answer after which the device counts as gone. */
const MOST_UNANSWERED = 3;

const READ: Record<Area, (client: ModbusRTU, address: number, quantity: number) => Promise<Answer>> = {
  // Bits come in whole bytes.
  coil: async (client, address, quantity) => (await client.readCoils(address, quantity)).data.slice(0, quantity),
  discreteInput: async (client, address, quantity) =>
    (await client.readDiscreteInputs(address, quantity)).data.slice(0, quantity),
  holdingRegister: async (client, address, quantity) => (await client.readHoldingRegisters(address, quantity)).buffer,
  inputRegister: async (client, address, quantity) => (await client.readInputRegisters(address, quantity)).buffer,
};

/** One TCP connection to a device or gateway, which is asked one thing at a time. */
export class ModbusLink {
  private readonly turns: Turns;
  private readonly frames = new MbapFrames();
  private unanswered = 0;
  private heardLately = false;
  private ended: ConnectorError | undefined;
  /** Ends the request that is under way. */
  private cancel: ((reason: ConnectorError) => void) | undefined;

  private constructor(
    private readonly client: ModbusRTU,
    private readonly socket: Socket,
    private readonly config: ModbusConfig,
    private readonly context: SessionContext,
  ) {
    this.turns = new Turns({ where: whereOf(config), most: MOST_WAITING, pauseMs: config.pauseMs ?? 0 });
    let failure: Error | undefined;
    socket.on('error', (error) => (failure = error));
    socket.on('close', () =>
      this.end(networkFailure(failure, whereOf(config)) ?? this.error('the device closed the connection')),
    );
    socket.on('data', (bytes) => {
      if (!this.frames.fits(bytes)) this.end(this.error('the answer is not Modbus TCP'));
    });
  }

  /** @throws ConnectorError */
  static async connect(config: ModbusConfig, context: SessionContext): Promise<ModbusLink> {
    const { host, port = 502, connectTimeoutMs = 3_000 } = config;
    const where = whereOf(config);
    const { default: library } = await import('modbus-serial');
    try {
      const socket = await withinDeadline({ timeoutMs: connectTimeoutMs, where }, (signal) =>
        context.outbound.socket(host, port, signal),
      );
      const client = new library.default();
      const link = new ModbusLink(client, socket, config, context);
      await client.linkTCP(socket, { port });
      return link;
    } catch (error) {
      throw failureOf(error, where);
    }
  }

  /** @throws ConnectorError */
  read({ unitId, area, address, quantity }: Span, signal: AbortSignal): Promise<Answer> {
    return this.request(unitId, signal, (client) => READ[area](client, address, quantity));
  }

  /** Asks when it is its turn. @throws ConnectorError */
  request<T>(unitId: number, signal: AbortSignal, ask: (client: ModbusRTU) => Promise<T>): Promise<T> {
    return this.turns.take(signal, async () => {
      if (this.ended) throw this.ended;
      const where = `${whereOf(this.config)} unit ${unitId}`;
      const { responseTimeoutMs = 3_000 } = this.config;
      const answer = Promise.withResolvers<T>();
      this.cancel = answer.reject;
      const silence = setTimeout(() => answer.reject(this.silence(where, responseTimeoutMs)), responseTimeoutMs);
      try {
        this.client.setID(unitId);
        ask(this.client).then(answer.resolve, answer.reject);
        const answered = await answer.promise;
        this.heard();
        return answered;
      } catch (error) {
        const failure = failureOf(error, where);
        if (failure instanceof ModbusException) this.heard();
        throw failure;
      } finally {
        clearTimeout(silence);
        this.cancel = undefined;
      }
    });
  }

  /** Resolves if the device has answered anything since the last check, or does so now. @throws ConnectorError */
  async check(signal: AbortSignal): Promise<void> {
    if (this.ended) throw this.ended;
    if (!this.heardLately) await this.ask(signal);
    this.heardLately = false;
  }

  close(): void {
    this.ended ??= this.error('the connection was closed');
    this.socket.destroy();
    this.cancel?.(this.ended);
  }

  /** Modbus has no question that every device knows; that it does not know this one is an answer, too. */
  private async ask(signal: AbortSignal): Promise<void> {
    const { unitId = 1 } = this.config;
    try {
      await this.read({ unitId, area: 'holdingRegister', address: 0, quantity: 1 }, signal);
    } catch (error) {
      if (!(error instanceof ModbusException)) throw error;
    }
  }

  private heard(): void {
    this.heardLately = true;
    this.unanswered = 0;
  }

  private silence(where: string, responseTimeoutMs: number): ConnectorError {
    this.unanswered++;
    if (this.unanswered === MOST_UNANSWERED) this.end(this.error(`${MOST_UNANSWERED} requests in a row had no answer`));
    return new ConnectorError(`${where}: no answer within ${responseTimeoutMs} ms`, { retryable: true });
  }

  private end(reason: ConnectorError): void {
    if (this.ended) return;
    this.ended = reason;
    this.close();
    // The call that was under way fails first, by the same reason: calls end when the session is given up.
    setImmediate(() => this.context.lost(reason));
  }

  private error(says: string): ConnectorError {
    return new ConnectorError(`${whereOf(this.config)}: ${says}`, { retryable: true });
  }
}

const whereOf = ({ host, port = 502 }: ModbusConfig): string => `${host}:${port}`;
