import { FillerPlc } from './filler-plc.ts';
import { BottlingLine } from './line.ts';
import type { Machine } from './machine.ts';
import { Pasteurizer } from './pasteurizer.ts';
import { Sensors } from './sensors.ts';

const STEP_MS = 100;
const MEASURE_MS = 1_000;
/** How long a fault lasts, and how often one comes. */
const FAULT_SECONDS = 20;
const FAULT_EVERY_SECONDS = 60;
/** The first comes soon: whoever asked for faults wants to see one. */
const FIRST_FAULT_SECONDS = 20;

export interface PlantPorts {
  modbus: number;
  opcUa: number;
  mqtt: number;
}

/** A simulated bottling line with everything that others connect to. */
export class Plant {
  private readonly filler: FillerPlc;
  private readonly pasteurizer: Pasteurizer;
  private readonly sensors: Sensors;
  private readonly line = new BottlingLine();
  private readonly timers: NodeJS.Timeout[] = [];
  private fault: NodeJS.Timeout | undefined;
  private faults: NodeJS.Timeout | undefined;

  /** In the folder the pasteurizer keeps its certificate. */
  constructor(ports: PlantPorts, pkiFolder: string) {
    this.filler = new FillerPlc(this.line, ports.modbus);
    this.pasteurizer = new Pasteurizer(this.line, ports.opcUa, pkiFolder);
    this.sensors = new Sensors(this.line, ports.mqtt);
  }

  async start(): Promise<void> {
    for (const machine of this.machines()) await machine.start();
    const step = (): void => {
      for (const bottle of this.line.step(STEP_MS / 1_000)) this.sensors.scan(bottle);
    };
    this.timers.push(
      setInterval(step, STEP_MS),
      setInterval(() => this.sensors.measure(), MEASURE_MS),
    );
  }

  async stop(): Promise<void> {
    this.timers.forEach(clearInterval);
    clearTimeout(this.fault);
    clearTimeout(this.faults);
    for (const machine of this.machines()) await machine.stop();
  }

  /** The PLC vanishes, and comes back by itself. Where it is away already, it comes back now. */
  async toggleFiller(): Promise<void> {
    clearTimeout(this.fault);
    if (!this.filler.isUp) return this.filler.start();
    this.fault = setTimeout(() => void this.filler.start(), FAULT_SECONDS * 1_000);
    await this.filler.stop();
  }

  /** The PLC vanishes once a minute, or no more. */
  toggleFaults(): void {
    if (this.faults) {
      clearTimeout(this.faults);
      this.faults = undefined;
      return;
    }
    const turn = (): void => {
      this.faults = setTimeout(turn, FAULT_EVERY_SECONDS * 1_000);
      if (this.filler.isUp) void this.toggleFiller();
    };
    this.faults = setTimeout(turn, FIRST_FAULT_SECONDS * 1_000);
  }

  private machines(): Machine[] {
    return [this.filler, this.pasteurizer, this.sensors];
  }
}
