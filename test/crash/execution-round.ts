import { newId } from '#kernel';
import { eventually } from '#testing';
import { create, pipelineOf, type TestNode } from '../e2e/executions/pipelines';
import type { CrashWorld, Outside, Traces } from './crash-world';
import { topicOf, type Place, type Step } from './execution-steps';

/** After what was killed is there again: within half a minute where the machine has nothing else to do. */
const ALL_END = { timeout: 120_000, interval: 200 };
/** What every run publishes. */
const VALUE = 7;
/** Turns of the script: a quarter of a second, of the five that a busy machine has for it. */
const TURNS = 2_000_000;

export interface Seen extends Traces {
  /** Runs of the pipeline of the step, those undisturbed before not counted. */
  runs: number;
  published: unknown[];
}

/** Pipelines of all steps, and rounds in which they come to their places. */
export class ExecutionRounds {
  private readonly pipelines = new Map<string, string>();
  private outside!: Outside;

  private constructor(
    private readonly world: CrashWorld,
    private readonly steps: readonly Step[],
  ) {}

  static async prepare(world: CrashWorld, steps: readonly Step[]): Promise<ExecutionRounds> {
    const rounds = new ExecutionRounds(world, steps);
    rounds.outside = await world.connectOutside();
    for (const step of steps) await rounds.create(step);
    return rounds;
  }

  /** Runs that nothing happens to. */
  async undisturbed(): Promise<Map<string, Seen>> {
    this.world.outside.release();
    const round = await this.begin();
    await Promise.all(this.steps.map((step) => round.places.get(step.id)!.start()));
    return this.end(round);
  }

  /** Brings a run to each step, has the accident, and tells what became of the runs. */
  async disturbed(accident: () => Promise<void>): Promise<Map<string, Seen>> {
    this.world.outside.hold();
    const round = await this.begin();
    try {
      await Promise.all(this.steps.map(async (step) => step.prepare?.(round.places.get(step.id)!)));
      for (const step of this.steps) {
        await step.bring(round.places.get(step.id)!);
        await this.world.renewLeases();
      }
      await accident();
    } finally {
      // Also where a step was not reached: rounds to come begin with all at work.
      await this.world.letGo();
      for (const worker of this.world.workers) worker.thaw();
      this.world.outside.release();
    }
    return this.end(round);
  }

  private async begin(): Promise<{ from: Date; places: Map<string, RunPlace> }> {
    for (const step of this.steps.filter(({ fresh }) => fresh)) await this.create(step);
    const repeated = this.steps.flatMap((step) => Array.from({ length: step.before ?? 0 }, () => step));
    const before = await Promise.all(repeated.map((step) => this.start(step)));
    for (const executionId of before) await this.world.reaches(executionId, 'ended');
    const [now] = await this.world.query<{ at: Date }>('SELECT clock_timestamp() AS at');
    const places = this.steps.map((step): [string, RunPlace] => [
      step.id,
      new RunPlace(this.world, (key) => this.start(step, key)),
    ]);
    return { from: now!.at, places: new Map(places) };
  }

  private async end({ from, places }: { from: Date; places: Map<string, RunPlace> }): Promise<Map<string, Seen>> {
    for (const place of places.values()) await place.settle();
    const left = (): Promise<{ id: string }[]> => this.world.query<{ id: string }>('SELECT id FROM open_executions');
    await eventually(async () => (await left()).length === 0, ALL_END).catch(() => undefined);
    const seen = this.steps.map(async (step): Promise<[string, Seen]> => [
      step.id,
      await this.look(step, places.get(step.id)!, from),
    ]);
    return new Map(await Promise.all(seen));
  }

  private async look({ id }: Step, place: RunPlace, from: Date): Promise<Seen> {
    const [row] = await this.world.query<{ runs: number }>(
      'SELECT count(*)::int AS runs FROM executions WHERE pipeline_id = $1 AND created_at >= $2',
      [this.pipelines.get(id), from],
    );
    const published = await this.world.published([topicOf(id), topicOf(`${id}-called`)], from);
    return { ...(await this.world.traces(place.executionId)), runs: row!.runs, published };
  }

  private start({ id }: Step, key?: string): Promise<string> {
    return this.world.execute(this.pipelines.get(id)!, { value: VALUE, turns: TURNS }, key);
  }

  private async create({ id, nodes, calls }: Step): Promise<void> {
    const { client } = this.world;
    const pipelineId = calls && (await create(client, pipelineOf(calls(this.outside))));
    const complete = (node: TestNode): TestNode =>
      node.type === 'flow.pipeline' ? { ...node, parameters: { ...node.parameters, pipelineId } } : node;
    this.pipelines.set(id, await create(client, pipelineOf(nodes(this.outside).map(complete))));
  }
}

class RunPlace implements Place {
  private id: string | undefined;
  private asked: Promise<string | undefined> | undefined;
  private readonly key = newId();

  constructor(
    readonly world: CrashWorld,
    private readonly execute: (key?: string) => Promise<string>,
  ) {}

  get executionId(): string {
    if (this.id === undefined) throw new Error('it was not started');
    return this.id;
  }

  start = async (): Promise<string> => (this.id = await this.execute());

  ask = (): void => {
    this.asked = this.execute(this.key).catch(() => undefined);
  };

  /** Whoever got no answer asks again by the same key. */
  async settle(): Promise<void> {
    if (!this.asked) return;
    this.id = (await this.asked) ?? (await eventually(() => this.execute(this.key)));
  }
}
