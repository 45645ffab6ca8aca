import type { JsonValue } from '#kernel';
import type { Emission, PipelineDefinition, PipelineNode } from '#pipelines';
import type { RunError } from '../execution';
import type { ClaimedRun } from '../runs/claimed-run';
import { payloadText, Secrets } from './payload';

/** One node in one iteration, as history keeps it. */
export interface NodeRow {
  nodeId: string;
  iteration: string;
  status: 'completed' | 'failed';
  attempts: number;
  reused: boolean;
  startedAt: Date;
  durationMs: number;
  ports: readonly string[];
  input: JsonValue | undefined;
  output: JsonValue | undefined;
  error: RunError | undefined;
}

/** The same with its data as text, masked and cut. */
export interface StoredNodeRow extends Omit<NodeRow, 'input' | 'output' | 'error'> {
  input: string | null;
  output: string | null;
  error: string | null;
}

export interface NodeEvent {
  startedAt: number;
  durationMs: number;
  attempts: number;
  reused: boolean;
  input: JsonValue;
  emissions: readonly Emission[];
  error: RunError | undefined;
}

/** Rows of iterations of one run: of a loop with more, the first ones are kept. Failures have as many again. */
const MOST_ROWS = 5_000;
/** Characters of all data of one run. */
const MOST_DATA = 8 * 1024 * 1024;

/** What is written down of one run, by the detail that its pipeline asks for and within bounds. */
export class RunHistory {
  readonly secrets = new Secrets();
  private rows: NodeRow[] = [];
  private givenBack: StoredNodeRow[] = [];
  private kept = 0;
  private keptFailures = 0;
  private notKept = 0;
  private data = 0;
  private withheld = false;
  private readonly detail: PipelineDefinition['historyDetail'];

  constructor(
    detail: PipelineDefinition['historyDetail'],
    /** Something in it may turn out to be a secret later: nothing is written down before its end. */
    private readonly mayHoldSecrets: boolean,
    /** The organization has as much history as it may: the status alone is kept. */
    private readonly overBudget = false,
  ) {
    this.detail = overBudget ? 'minimal' : detail;
  }

  trigger({ id }: PipelineNode, { input, startedAt }: ClaimedRun): void {
    this.add({
      nodeId: id,
      iteration: '',
      status: 'completed',
      attempts: 1,
      reused: false,
      startedAt,
      durationMs: 0,
      ports: ['out'],
      input: undefined,
      output: input,
      error: undefined,
    });
  }

  node({ id }: PipelineNode, iteration: string, event: NodeEvent): void {
    const { emissions, error, startedAt, ...rest } = event;
    this.add({
      ...rest,
      nodeId: id,
      iteration,
      status: error ? 'failed' : 'completed',
      startedAt: new Date(startedAt),
      ports: emissions.map(({ port }) => port),
      output: error ? undefined : (emissions[0]?.value ?? null),
      error,
    });
  }

  /** What was gathered since the last time. In the middle of a run nothing is given that may yet turn out to be secret. */
  take(atEnd: boolean): StoredNodeRow[] {
    if (!atEnd && this.mayHoldSecrets) return [];
    return [...this.givenBack.splice(0), ...this.rows.splice(0).map((row) => this.stored(row))];
  }

  /** What was taken and could not be written: it is given again with what is taken next. */
  giveBack(rows: readonly StoredNodeRow[]): void {
    this.givenBack.push(...rows);
  }

  /** At a rest in the middle of a run: data that may yet turn out to be secret is left out. */
  takeForRest(): StoredNodeRow[] {
    if (!this.mayHoldSecrets) return this.take(false);
    this.withheld ||= this.detail === 'full' && this.rows.length > 0;
    return this.rows.splice(0).map((row) => this.stored({ ...row, input: undefined, output: undefined }));
  }

  /** What is missing, for whoever reads it. */
  get notes(): Record<string, JsonValue> | null {
    const notes = {
      ...(this.notKept > 0 && { nodesNotKept: this.notKept }),
      ...(this.data > MOST_DATA && { dataNotKept: true }),
      ...(this.withheld && { dataWithheld: true }),
      ...(this.overBudget && { overBudget: true }),
    };
    return Object.keys(notes).length > 0 ? notes : null;
  }

  private add(row: NodeRow): void {
    if (this.detail === 'minimal') return;
    if (row.iteration !== '' && !this.hasRoomFor(row)) {
      this.notKept++;
      return;
    }
    const keepsData = this.detail === 'full' && this.data <= MOST_DATA;
    this.rows.push(keepsData ? row : { ...row, input: undefined, output: undefined });
  }

  /** There are no more nodes outside of loops than a pipeline may have: those are all kept, however long a loop was. */
  private hasRoomFor({ status }: NodeRow): boolean {
    if (status === 'failed') return ++this.keptFailures <= MOST_ROWS;
    return ++this.kept <= MOST_ROWS;
  }

  private stored({ input, output, error, ...row }: NodeRow): StoredNodeRow {
    return {
      ...row,
      input: this.text(input),
      output: this.text(output),
      error: error ? payloadText(this.secrets.mask(error as unknown as JsonValue)) : null,
    };
  }

  private text(value: JsonValue | undefined): string | null {
    if (value === undefined || this.data > MOST_DATA) return null;
    const text = payloadText(this.secrets.mask(value));
    this.data += text.length;
    return this.data > MOST_DATA ? null : text;
  }
}
