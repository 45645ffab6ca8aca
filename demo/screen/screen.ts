import type { Board } from './board.ts';
import type { Controls, Screen } from './controls.ts';
import { LogScreen } from './log-screen.ts';
import { TerminalScreen } from './terminal-screen.ts';

/** A board that is drawn in place for people, and lines for whatever else reads. */
export const screenFor = (board: Board, controls: Controls): Screen =>
  process.stdout.isTTY && process.stdin.isTTY ? new TerminalScreen(board, controls) : new LogScreen(board);
