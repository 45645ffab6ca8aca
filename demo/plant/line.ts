/** Bottles a minute. */
export const FULL_SPEED = 120;
export const FASTEST = 150;

/** °C in the hall. */
const HALL = 24;
/** Seconds in which two thirds of a change have happened. */
const SPEED_LAG = 3;
const MOTOR_LAG = 20;
const PASTEURIZER_LAG = 12;
/** Grams that a bottle shall hold, and how far off it may be. */
const NOMINAL = 500;
const TOLERANCE = 5;

export interface Bottle {
  serial: number;
  grams: number;
  accepted: boolean;
}

/**
 * A small physical model of a bottling line. Its motor cannot stand full speed for long: left alone it gets hotter than
 * 90 °C, fills less exactly the hotter it is, and shakes.
 */
export class BottlingLine {
  /** What others command: bottles a minute, 0–150, the lamp on top, and °C of the pasteurizer. */
  speedSetpoint = FULL_SPEED;
  pasteurizerSetpoint = 72;
  warningLamp = false;

  /** Bottles a minute. */
  speed = 0;
  motorTemperature = 64;
  /** Counters since the plant was switched on. */
  bottles = 0;
  rejects = 0;
  /** % of the filler's bowl. */
  bowlLevel = 70;

  pasteurizerTemperature = 71;
  /** Litres an hour. */
  pasteurizerFlow = 0;

  private seconds = 0;
  private started = 0;

  /** What the pasteurizer does to germs in the 20 s that beer stays in it: 1.393 to the power of the degrees above 60. */
  get pasteurizationUnits(): number {
    return (20 / 60) * 1.393 ** (this.pasteurizerTemperature - 60);
  }

  /** Vibration of the filler, mm/s. */
  get vibration(): number {
    const hot = Math.max(0, this.motorTemperature - 60) * 0.06;
    return Math.max(0.1, 0.4 + this.speed / 80 + hot + noise(0.15));
  }

  get hallTemperature(): number {
    return HALL + 1.5 * Math.sin(this.seconds / 90) + noise(0.05);
  }

  /** % relative. */
  get hallHumidity(): number {
    return 52 + 6 * Math.cos(this.seconds / 70) + noise(0.2);
  }

  /** Goes on by so many seconds and gives the bottles that were filled meanwhile. */
  step(seconds: number): Bottle[] {
    this.seconds += seconds;
    const near = (value: number, aim: number, lag: number): number => aim + (value - aim) * Math.exp(-seconds / lag);
    this.speed = near(this.speed, this.speedSetpoint, SPEED_LAG);
    this.motorTemperature = near(this.motorTemperature, HALL + 71 * (this.speed / FULL_SPEED) ** 2, MOTOR_LAG);
    this.bowlLevel = 70 + 8 * Math.sin(this.seconds / 15) + noise(0.3);
    this.pasteurizerFlow = this.speed * 30 + noise(15);
    const aim = this.pasteurizerSetpoint + (FULL_SPEED - this.speed) / 40 + 0.6 * Math.sin(this.seconds / 25);
    this.pasteurizerTemperature = near(this.pasteurizerTemperature, aim, PASTEURIZER_LAG) + noise(0.02);

    this.started += (this.speed / 60) * seconds;
    const filled = Math.floor(this.started);
    this.started -= filled;
    return Array.from({ length: filled }, () => this.fill());
  }

  private fill(): Bottle {
    const spread = 1.9 + Math.max(0, this.motorTemperature - 65) * 0.05;
    const grams = NOMINAL + noise(spread);
    const accepted = Math.abs(grams - NOMINAL) <= TOLERANCE;
    this.bottles += 1;
    if (!accepted) this.rejects += 1;
    return { serial: this.bottles, grams: Math.round(grams * 10) / 10, accepted };
  }
}

/** Normally distributed (Box and Muller), with that standard deviation. */
const noise = (deviation: number): number =>
  deviation * Math.sqrt(-2 * Math.log(1 - Math.random())) * Math.cos(2 * Math.PI * Math.random());
