import { EVENTS_TOPIC, MOTOR_TOPIC, SIGNALS } from '../hub/namespace.ts';
import type { Board } from './board.ts';
import type { Screen } from './controls.ts';
import { clock, rowsOf } from './wording.ts';

const LOOK_MS = 500;
const LINE_MS = 5_000;

/** Of all signals, those that tell most. */
const SHOWN = new Set([MOTOR_TOPIC, ...SIGNALS.filter(({ group }) => group === 'Line').map(({ topic }) => topic)]);

/** A line every few seconds, and one for whatever happens. */
export class LogScreen implements Screen {
  private readonly board: Board;
  private readonly statuses = new Map<string, string>();
  private readonly timers: NodeJS.Timeout[] = [];
  private lastEvent = Date.now();

  constructor(board: Board) {
    this.board = board;
  }

  start(): void {
    this.timers.push(
      setInterval(() => this.tellChanges(), LOOK_MS),
      setInterval(() => this.tellValues(), LINE_MS),
    );
  }

  stop(): void {
    this.timers.forEach(clearInterval);
  }

  private tellValues(): void {
    const rows = rowsOf(this.board, Date.now()).filter(({ topic }) => SHOWN.has(topic));
    const values = rows.map(({ title, value, unit }) => `${title} ${value} ${unit}`.trimEnd());
    say([`${this.board.runsPerSecond.toFixed(1)} runs/s`, ...values].join(' · '));
  }

  private tellChanges(): void {
    for (const { name, status, reason } of this.board.connections) {
      if (this.statuses.get(name) === status) continue;
      this.statuses.set(name, status);
      say(reason ? `${name} is ${status}: ${reason}` : `${name} is ${status}`);
    }
    const news = this.board.events.filter(({ at }) => at > this.lastEvent).toReversed();
    for (const { at, text } of news) {
      this.lastEvent = at;
      say(`${EVENTS_TOPIC}: ${text}`);
    }
  }
}

const say = (line: string): void => void process.stdout.write(`${clock(Date.now())}  ${line}\n`);
