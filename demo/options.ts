import { parseArgs } from 'node:util';
import { StartError } from './start-error.ts';

export interface Options {
  help: boolean;
  faults: boolean;
  dataDir: string;
  httpPort: number | undefined;
  mqttPort: number | undefined;
  boardPort: number | undefined;
}

export const USAGE = `Usage: npm run demo [-- options]

A simulated bottling line, connected to MaestroHub: machines speak Modbus TCP, OPC UA and MQTT, pipelines bring their
values into the Unified Namespace, compute others, and write back. Ctrl-C ends all of it.

  --faults              the filler's PLC vanishes for 20 s every minute
  --http-port <port>    of REST API and Swagger UI (8080, or a free one)
  --mqtt-port <port>    of the platform's MQTT broker (1883, or a free one)
  --board-port <port>   of the board for browsers (8090, or a free one)
  --data-dir <folder>   where all is kept from one start to the next (./.maestrohub-demo); remove it to begin anew
  -h, --help            this text
`;

/** @throws StartError for what is no option */
export function readOptions(args: readonly string[]): Options {
  const { values } = parsed(args);
  return {
    help: values.help,
    faults: values.faults,
    dataDir: values['data-dir'],
    httpPort: portOf('http-port', values['http-port']),
    mqttPort: portOf('mqtt-port', values['mqtt-port']),
    boardPort: portOf('board-port', values['board-port']),
  };
}

function parsed(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      options: {
        help: { type: 'boolean', short: 'h', default: false },
        faults: { type: 'boolean', default: false },
        'data-dir': { type: 'string', default: '.maestrohub-demo' },
        'http-port': { type: 'string' },
        'mqtt-port': { type: 'string' },
        'board-port': { type: 'string' },
      },
    });
  } catch (error) {
    throw new StartError(`${(error as Error).message}\nnpm run demo -- --help lists what there is`);
  }
}

function portOf(name: string, text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const port = Number(text);
  if (/^\d+$/.test(text) && port > 0 && port < 65_536) return port;
  throw new StartError(`--${name} must be a port, 1 to 65535, not ${text}`);
}
