import { STEPS, type Step } from './execution-steps';

/** What is killed while runs are at their steps. */
export const VICTIMS = ['worker', 'API', 'PostgreSQL', 'worker and PostgreSQL'] as const;
export type Victim = (typeof VICTIMS)[number];

/** What becomes of a call outside that is under way. */
export type Repetition = 'once' | 'again' | 'once¹';

/** Shorter than this, an outage of the database is waited for (seconds); the matrix tells of it in a note. */
export const SHORT_OUTAGE_SECONDS = 4;

export function repetitionOf({ underWay }: Step, victim: Victim): Repetition {
  if (!underWay || victim === 'API') return 'once';
  return victim === 'PostgreSQL' ? 'once¹' : 'again';
}

/** The table of docs/delivery.md, aligned as prettier aligns it. */
export function crashMatrix(): string {
  const rows = STEPS.map((step) => [step.title, ...VICTIMS.map((victim) => mark(repetitionOf(step, victim)))]);
  const cells = [['Where the run is', ...VICTIMS], ...rows];
  const widths = cells[0]!.map((_, column) => Math.max(...cells.map((row) => row[column]!.length)));
  const line = (row: string[]): string => `| ${row.map((cell, column) => cell.padEnd(widths[column]!)).join(' | ')} |`;
  const [head, ...body] = cells.map(line);
  return [head, `| ${widths.map((width) => '-'.repeat(width)).join(' | ')} |`, ...body].join('\n');
}

const mark = (repetition: Repetition): string => (repetition === 'again' ? '**again**' : repetition);
