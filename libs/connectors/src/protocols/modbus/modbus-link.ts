import type ModbusRTU from 'modbus-serial';
import type { SessionContext } from '../protocol';
import { withinDeadline } from '../support/deadline';
import { Dialogue } from '../support/dialogue';
import { MbapFrames } from './mbap-frames';
import type { Area, Piece } from './modbus-areas';
import type { ModbusConfig } from './modbus-config';
import { failureOf } from './modbus-failure';
import type { Answer } from './modbus-tags';

const READ: Record<Area, (client: ModbusRTU, address: number, quantity: number) => Promise<Answer>> = {
  // Bits come in whole bytes.
  coil: async (client, address, quantity) => (await client.readCoils(address, quantity)).data.slice(0, quantity),
  discreteInput: async (client, address, quantity) =>
    (await client.readDiscreteInputs(address, quantity)).data.slice(0, quantity),
  holdingRegister: async (client, address, quantity) => (await client.readHoldingRegisters(address, quantity)).buffer,
  inputRegister: async (client, address, quantity) => (await client.readInputRegisters(address, quantity)).buffer,
};

/** One TCP connection to a device or gateway. */
export class ModbusLink {
  private constructor(
    private readonly client: ModbusRTU,
    private readonly dialogue: Dialogue,
    private readonly config: ModbusConfig,
  ) {}

  /** @throws ConnectorError */
  static async connect(config: ModbusConfig, context: SessionContext): Promise<ModbusLink> {
    const { host, port = 502, connectTimeoutMs = 3_000, responseTimeoutMs = 3_000, pauseMs = 0 } = config;
    const where = whereOf(config);
    const { default: library } = await import('modbus-serial');
    try {
      const socket = await withinDeadline({ timeoutMs: connectTimeoutMs, signal: context.signal, where }, (signal) =>
        context.outbound.socket(host, port, signal),
      );
      const dialogue = new Dialogue(socket, {
        where,
        responseTimeoutMs,
        pauseMs,
        lost: (reason) => context.lost(reason),
      });
      const frames = new MbapFrames();
      socket.on('data', (bytes) => {
        if (!frames.fits(bytes)) dialogue.end('the answer is not Modbus TCP');
      });
      const client = new library.default();
      await client.linkTCP(socket, { port });
      return new ModbusLink(client, dialogue, config);
    } catch (error) {
      throw failureOf(error, where);
    }
  }

  /** @throws ConnectorError */
  read({ unitId, area, address, quantity }: Piece, signal: AbortSignal): Promise<Answer> {
    return this.request(unitId, signal, (client) => READ[area](client, address, quantity));
  }

  /** Asks when it is its turn. @throws ConnectorError */
  request<T>(unitId: number, signal: AbortSignal, ask: (client: ModbusRTU) => Promise<T>): Promise<T> {
    const asked = (): Promise<T> => {
      this.client.setID(unitId);
      return ask(this.client);
    };
    const where = `${whereOf(this.config)} unit ${unitId}`;
    return this.dialogue.ask({ signal, where, failureOf: (error) => failureOf(error, where) }, asked);
  }

  /** Modbus has no question that every device knows; that it does not know this one is an answer, too. */
  check(signal: AbortSignal): Promise<void> {
    const { unitId = 1 } = this.config;
    return this.dialogue.check(() => this.read({ unitId, area: 'holdingRegister', address: 0, quantity: 1 }, signal));
  }

  close(): void {
    this.dialogue.close();
  }
}

const whereOf = ({ host, port = 502 }: ModbusConfig): string => `${host}:${port}`;
