import { once } from 'node:events';
import { ServerTCP, type IServiceVector } from 'modbus-serial';
import { FASTEST, type BottlingLine } from './line.ts';
import type { Machine } from './machine.ts';

/** By the standard (Modbus Application Protocol 1.1b3, section 7). */
const NO_SUCH_ADDRESS = 2;
const VALUE_REFUSED = 3;

/**
 * The filler's PLC, by Modbus TCP:
 *
 *     coil 0               warning lamp
 *     holding register 0   speed setpoint, bottles/min
 *     input register 0     speed, 0.1 bottles/min    1–2  bottles (uint32)    3–4  rejects (uint32)
 *                    5     temperature of the motor, 0.1 °C        6   level of the bowl, 0.1 %
 */
export class FillerPlc implements Machine {
  private server: ServerTCP | undefined;
  private readonly line: BottlingLine;
  private readonly port: number;

  constructor(line: BottlingLine, port: number) {
    this.line = line;
    this.port = port;
  }

  get isUp(): boolean {
    return this.server !== undefined;
  }

  async start(): Promise<void> {
    const server = new ServerTCP(this.registers(), { host: '127.0.0.1', port: this.port, unitID: 1 });
    this.server = server;
    // A client that leaves in the middle of an answer is no affair of ours.
    server.on('socketError', () => undefined).on('error', () => undefined);
    await Promise.race([
      once(server, 'initialized'),
      once(server, 'serverError').then(([error]) => Promise.reject(error as Error)),
    ]);
  }

  async stop(): Promise<void> {
    const { server } = this;
    this.server = undefined;
    if (server) await new Promise<void>((closed) => server.close(() => closed()));
  }

  private registers(): IServiceVector {
    const { line } = this;
    const words = (): number[] => [
      Math.round(line.speed * 10),
      ...uint32(line.bottles),
      ...uint32(line.rejects),
      Math.round(line.motorTemperature * 10),
      Math.round(line.bowlLevel * 10),
    ];
    const only = (address: number): void => {
      if (address !== 0) throw refusal(NO_SUCH_ADDRESS);
    };
    return {
      getInputRegister: (address: number) => words()[address] ?? fail(NO_SUCH_ADDRESS),
      getHoldingRegister: (address: number) => (only(address), line.speedSetpoint),
      getCoil: (address: number) => (only(address), line.warningLamp),
      setCoil: (address: number, value: boolean) => {
        only(address);
        line.warningLamp = value;
      },
      setRegister: (address: number, value: number) => {
        only(address);
        if (value > FASTEST) throw refusal(VALUE_REFUSED);
        line.speedSetpoint = value;
      },
    };
  }
}

const uint32 = (value: number): [number, number] => [Math.floor(value / 65_536), value % 65_536];

const refusal = (code: number): Error => Object.assign(new Error('refused'), { modbusErrorCode: code });

function fail(code: number): never {
  throw refusal(code);
}
