import { connectionsTo } from './hub/connections.ts';
import { HubProcess } from './hub/hub-process.ts';
import { ADMIN_EMAIL, openSession } from './hub/session.ts';
import { setUp } from './hub/setup.ts';
import { DataFolder } from './keepsakes.ts';
import type { Options } from './options.ts';
import { Plant } from './plant/plant.ts';
import { freePorts } from './ports.ts';
import { Board } from './screen/board.ts';
import type { Controls } from './screen/controls.ts';
import { intro } from './screen/intro.ts';
import { Progress } from './screen/progress.ts';
import { screenFor } from './screen/screen.ts';
import { WebBoard } from './screen/web-board.ts';

/** What has been started; it is stopped from the last to the first. */
interface Started {
  stop(): unknown;
}

/** The plant, the platform and the board, from their start to their end. */
export class Demo {
  private readonly options: Options;
  private readonly progress = new Progress();
  private readonly started: Started[] = [];
  private readonly ending = new AbortController();
  private readonly ended = Promise.withResolvers<number>();
  private hub: HubProcess | undefined;

  constructor(options: Options) {
    this.options = options;
  }

  /** Resolves with the exit code when everything has ended. @throws StartError, with everything ended */
  async run(): Promise<number> {
    try {
      await this.start();
      return await this.ended.promise;
    } catch (error) {
      this.progress.interrupt();
      if (this.ending.signal.aborted) return await this.ended.promise;
      throw error;
    } finally {
      await this.stopAll();
    }
  }

  /** Begins the end; asking again means at once. */
  end(code = 0): void {
    if (this.ending.signal.aborted) {
      void this.hub?.stop();
      return;
    }
    process.stderr.write('\nstopping … (once more to stop at once)\n');
    this.ending.abort();
    this.ended.resolve(code);
  }

  private async start(): Promise<void> {
    const { options, started } = this;
    const folder = new DataFolder(options.dataDir);
    const keepsakes = folder.recall();
    const ports = await freePorts({
      http: { usual: 8080, asked: options.httpPort },
      mqtt: { usual: 1883, asked: options.mqttPort },
      board: { usual: 8090, asked: options.boardPort },
      plantModbus: { usual: 5020 },
      plantOpcUa: { usual: 4840 },
      plantMqtt: { usual: 1_884 },
    });

    this.begin('starting the plant');
    const plantPorts = { modbus: ports.plantModbus, opcUa: ports.plantOpcUa, mqtt: ports.plantMqtt };
    const plant = new Plant(plantPorts, folder.join('pki'));
    started.push(plant);
    await plant.start();

    this.begin('starting the platform');
    const hub = HubProcess.spawn({
      dataDir: folder.join('hub'),
      logFile: folder.join('hub.log'),
      httpPort: ports.http,
      mqttPort: ports.mqtt,
      email: ADMIN_EMAIL,
      password: keepsakes.password,
    });
    this.hub = hub;
    started.push(hub);
    await hub.ready(this.ending.signal);
    void hub.ended.then(() => this.hubEnded(hub));

    this.begin('connecting it to the plant');
    const api = await openSession(hub.url, folder, keepsakes);
    const connections = await setUp(api, connectionsTo(plantPorts));

    this.begin('opening the board');
    const board = new Board(api, connections);
    started.push(board);
    await board.start(`mqtt://127.0.0.1:${ports.mqtt}`);
    const web = new WebBoard(board);
    started.push(web);
    await web.start(ports.board);

    this.progress.end();
    const addresses = {
      httpUrl: hub.url,
      mqttPort: ports.mqtt,
      boardUrl: `http://127.0.0.1:${ports.board}`,
      email: ADMIN_EMAIL,
      password: keepsakes.password,
      organizationId: api.organizationId,
      token: api.token,
      dataDir: folder.path,
      startedIn: this.progress.total(),
    };
    process.stdout.write(`${intro(addresses)}\n`);
    if (options.faults) plant.toggleFaults();
    const screen = screenFor(board, this.controls(plant));
    started.push(screen);
    screen.start();
  }

  /** A part that cannot be stopped must not keep the others running. */
  private async stopAll(): Promise<void> {
    for (const part of this.started.toReversed()) {
      try {
        await part.stop();
      } catch (error) {
        process.stderr.write(`demo: not stopped cleanly: ${String(error)}\n`);
      }
    }
  }

  private begin(step: string): void {
    this.ending.signal.throwIfAborted();
    this.progress.begin(step);
  }

  private hubEnded(hub: HubProcess): void {
    if (this.ending.signal.aborted) return;
    process.stderr.write(`demo: the platform has ended:\n${hub.lastLines()}\n`);
    this.ended.resolve(1);
  }

  private controls(plant: Plant): Controls {
    return {
      keys: {
        p: { title: 'PLC goes or comes back', press: () => void plant.toggleFiller() },
        f: { title: 'faults every minute, or no more', press: () => plant.toggleFaults() },
      },
      end: () => this.end(),
    };
  }
}
