import { DataType, StatusCodes, Variant } from 'node-opcua-client';
import type { OPCUAServer } from 'node-opcua-server';
import type { BottlingLine } from './line.ts';
import type { Machine } from './machine.ts';

const SAMPLING_MS = 250;
const SHUTDOWN_MS = 0;
/** °C that the pasteurizer can be told. */
const [COLDEST, HOTTEST] = [60, 85];

/** Who may sign in. */
export const OPERATOR = { username: 'hub', password: 'line-1' } as const;

/** Node ids of its variables. */
export const nodeIdOf = (name: string): string => `ns=1;s=Pasteurizer.${name}`;

/**
 * The pasteurizer, by OPC UA: an object with the variables Temperature, Flow, Units and Setpoint, all of them Double; the
 * last one can be written.
 */
export class Pasteurizer implements Machine {
  private server: OPCUAServer | undefined;
  private readonly line: BottlingLine;
  private readonly port: number;
  private readonly pkiFolder: string;

  constructor(line: BottlingLine, port: number, pkiFolder: string) {
    this.line = line;
    this.port = port;
    this.pkiFolder = pkiFolder;
  }

  async start(): Promise<void> {
    // Loading the library takes longer than everything else of the plant.
    const [{ OPCUAServer }, { OPCUACertificateManager }] = await Promise.all([
      import('node-opcua-server'),
      import('node-opcua-certificate-manager'),
    ]);
    const server = new OPCUAServer({
      port: this.port,
      host: '127.0.0.1',
      hostname: '127.0.0.1',
      allowAnonymous: false,
      userManager: {
        isValidUser: (user: string, password: string) => user === OPERATOR.username && password === OPERATOR.password,
      },
      serverCertificateManager: new OPCUACertificateManager({ rootFolder: this.pkiFolder }),
    });
    this.server = server;
    await server.initialize();
    this.addVariables(server);
    await server.start();
  }

  async stop(): Promise<void> {
    const { server } = this;
    this.server = undefined;
    await server?.shutdown(SHUTDOWN_MS);
  }

  private addVariables({ engine: { addressSpace } }: OPCUAServer): void {
    const { line } = this;
    const namespace = addressSpace!.getOwnNamespace();
    const machine = namespace.addObject({
      organizedBy: addressSpace!.rootFolder.objects,
      browseName: 'Pasteurizer',
      nodeId: 's=Pasteurizer',
    });
    const add = (name: string, read: () => number, write?: (value: number) => boolean): void => {
      namespace.addVariable({
        componentOf: machine,
        browseName: name,
        nodeId: nodeIdOf(name).replace('ns=1;', ''),
        dataType: DataType.Double,
        minimumSamplingInterval: SAMPLING_MS,
        ...(write === undefined && { accessLevel: 'CurrentRead', userAccessLevel: 'CurrentRead' }),
        value: {
          get: () => new Variant({ dataType: DataType.Double, value: read() }),
          ...(write && {
            set: ({ value }: Variant) => (write(value as number) ? StatusCodes.Good : StatusCodes.BadOutOfRange),
          }),
        },
      });
    };
    add('Temperature', () => rounded(line.pasteurizerTemperature));
    add('Flow', () => Math.round(line.pasteurizerFlow));
    add('Units', () => rounded(line.pasteurizationUnits));
    add(
      'Setpoint',
      () => line.pasteurizerSetpoint,
      (value) => {
        const isPossible = value >= COLDEST && value <= HOTTEST;
        if (isPossible) line.pasteurizerSetpoint = value;
        return isPossible;
      },
    );
  }
}

const rounded = (value: number): number => Math.round(value * 10) / 10;
