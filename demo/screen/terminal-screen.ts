import { styleText } from 'node:util';
import type { Board, ConnectionStatus } from './board.ts';
import type { Controls, Screen } from './controls.ts';
import { clock, rowsOf, sparkline, statusText, STEPS, type Row } from './wording.ts';

const DRAW_MS = 500;
const MOST_EVENTS = 3;
const CTRL_C = '\x03';

/** Cursor up and erase to the end; hide and show the cursor. */
const rewind = (lines: number): string => (lines > 0 ? `\x1b[${lines}A\r\x1b[J` : '');
const HIDE = '\x1b[?25l';
const SHOW = '\x1b[?25h';

type Style = Parameters<typeof styleText>[0];

/** The board, drawn over itself below what was printed before; keys do something. */
export class TerminalScreen implements Screen {
  private readonly board: Board;
  private readonly controls: Controls;
  private timer: NodeJS.Timeout | undefined;
  private drawn = 0;
  private readonly press = (key: Buffer): void => this.take(key.toString());
  // What stands there has been wrapped anew: nobody knows where it begins.
  private readonly resized = (): void => {
    this.drawn = 0;
    process.stdout.write('\x1b[2J\x1b[H');
  };

  constructor(board: Board, controls: Controls) {
    this.board = board;
    this.controls = controls;
  }

  start(): void {
    process.stdin.setRawMode(true).resume().on('data', this.press);
    process.stdout.on('resize', this.resized).write(HIDE);
    this.timer = setInterval(() => this.draw(), DRAW_MS);
  }

  stop(): void {
    clearInterval(this.timer);
    process.stdin.off('data', this.press).setRawMode(false).pause();
    process.stdout.off('resize', this.resized).write(SHOW);
  }

  private take(key: string): void {
    // In raw mode Ctrl-C is a key like any other.
    if (key === CTRL_C || key === 'q') this.controls.end();
    else this.controls.keys[key]?.press();
  }

  private draw(): void {
    const { columns, rows } = process.stdout;
    const lines = boardLines(this.board, this.controls, columns - 1);
    // The keys stay in sight in a window that is too low for all.
    const shown = [...lines.slice(0, Math.max(0, Math.min(lines.length, rows - 1) - 1)), lines.at(-1)!];
    const text = shown.map((line) => `${paint(line, columns - 1)}\n`).join('');
    process.stdout.write(rewind(this.drawn) + text);
    this.drawn = shown.length;
  }
}

/** Pieces of a line with their styles, so that it can be cut to the width of the window. */
type Line = [text: string, style?: Style][];

function paint(line: Line, width: number): string {
  let left = width;
  return line
    .map(([text, style]) => {
      const cut = [...text].slice(0, left).join('');
      left -= [...cut].length;
      return style ? styleText(style, cut) : cut;
    })
    .join('');
}

function boardLines(board: Board, { keys }: Controls, width: number): Line[] {
  const now = Date.now();
  const blank: Line = [['']];
  const help = Object.entries(keys).map(([key, { title }]) => `${key} ${title}`);
  return [
    blank,
    [
      [' MaestroHub · bottling line 1', 'bold'],
      [`      ${board.runsPerSecond.toFixed(1)} pipeline runs/s      ${clock(now)}`, 'gray'],
    ],
    blank,
    ...board.connections.map((connection) => connectionLine(connection, now)),
    blank,
    ...board.events.slice(0, MOST_EVENTS).map(({ at, text }): Line => [
      [` ${clock(at)}  `, 'gray'],
      [text, 'cyan'],
    ]),
    blank,
    ...rowsOf(board, now).map((row, index, rows) => signalLine(row, rows[index - 1], width - WORDS)),
    blank,
    [[` ${[...help, 'q quit'].join('   ')}`, 'gray']],
  ];
}

function connectionLine(connection: ConnectionStatus, now: number): Line {
  const isUp = connection.status === 'connected';
  return [
    [isUp ? ' ● ' : ' ○ ', isUp ? 'green' : 'red'],
    [connection.name.padEnd(16)],
    [statusText(connection, now), isUp ? 'gray' : 'yellow'],
  ];
}

/** Columns that the words of a signal take; the rest is for its curve, which ends at the right. */
const WORDS = 76;
const LEAST_ROOM = 10;

const signalLine = ({ group, title, value, unit, age, curve }: Row, above: Row | undefined, room: number): Line => [
  [` ${(above?.group === group ? '' : group).padEnd(12)}`, 'bold'],
  [title.padEnd(25)],
  [`${value.padStart(17)} `, 'bold'],
  [unit.padEnd(12)],
  [age.padStart(6), 'gray'],
  [`  ${newest(sparkline(curve), room)}`, 'cyan'],
];

const newest = (bars: string, room: number): string => (room < LEAST_ROOM ? '' : bars.padStart(STEPS).slice(-room));
