import { MANUAL, type TestNode } from '../e2e/executions/pipelines';
import type { CrashWorld, Outside } from './crash-world';

/*
 * The steps of a run, each with a pipeline that comes to it and a way to hold it there. Nothing in the product knows of
 * them: what stands still does so by locks that the test has, by a server outside that does not answer, or by SIGSTOP.
 */

/** One step in one round: what it needs to come to its place. */
export interface Place {
  world: CrashWorld;
  /** Starts the pipeline of the step; the id of the run. */
  start: () => Promise<string>;
  /** The same without an answer. */
  ask: () => void;
  /** The run, once it was started. */
  readonly executionId: string;
}

export interface Step {
  id: string;
  /** As the matrix calls it. */
  title: string;
  nodes: (outside: Outside) => TestNode[];
  /** A pipeline that this one calls. */
  calls?: (outside: Outside) => TestNode[];
  /** Runs before this one in every round, undisturbed: they leave state, and plans in the memory of the processes. */
  before?: number;
  /** No worker has seen the pipeline before. */
  fresh?: boolean;
  /** It is held by the queue's tables: only where the queue is in PostgreSQL. */
  byQueueTables?: boolean;
  /** A call outside was made whose result is not kept yet. */
  underWay?: boolean;
  /** Goes to where it can be held. All steps do it before the first is held. */
  prepare?: (place: Place) => Promise<unknown>;
  /** Holds it. In the order of the list: each lock leaves open what those after it need. */
  bring: (place: Place) => Promise<unknown>;
}

/** A topic for each step, and one for the run that it calls. */
export const topicOf = (id: string): string => `crash/${id}`;

const publish = (id: string, value = '{{ $trigger.payload.value }}'): TestNode => ({
  name: 'Publish',
  type: 'system.uns.publish',
  parameters: { topic: topicOf(id), value },
});
const wait = (duration: string): TestNode => ({ name: 'Wait', type: 'flow.wait', parameters: { duration } });
const retry = (delayMs: number): object => ({ retryOnFail: { attempts: 3, delayMs, backoff: 'fixed' } });
const called = (id: string, outside: Outside): TestNode[] => [
  MANUAL,
  publish(`${id}-called`),
  outside('Do', 'hold', id),
];
/** The pipeline that it calls is put in when it is made. */
const CALL: TestNode = { name: 'Call', type: 'flow.pipeline', parameters: { payload: '{{ $trigger.payload }}' } };
const plain =
  (id: string) =>
  (outside: Outside): TestNode[] => [MANUAL, outside('Do', 'now', id), publish(id)];

/** Nothing of the organization is handed to the queue meanwhile. */
const dispatchLock = (organizationId: string): string =>
  `SELECT pg_advisory_xact_lock(hashtextextended('dispatch ${organizationId}', 0))`;

/** Starts it and waits until the server outside has been asked. */
const untilAsked = async ({ world, start }: Place, id: string): Promise<string> => {
  const executionId = await start();
  await world.asked(id);
  return executionId;
};

export const STEPS: readonly Step[] = [
  {
    id: 'pause-long',
    title: 'pause of more than 5 s: laid down',
    nodes: (outside) => [MANUAL, outside('Do', 'now', 'pause-long'), wait('15s'), publish('pause-long')],
    prepare: async ({ world, start }) => world.reaches(await start(), 'parked'),
    bring: () => Promise.resolve(),
  },
  {
    id: 'retry-long',
    title: 'retry in more than 5 s: laid down',
    nodes: (outside) => [MANUAL, outside('Do', 'fail', 'retry-long', retry(15_000)), publish('retry-long')],
    prepare: async ({ world, start }) => world.reaches(await start(), 'parked'),
    bring: () => Promise.resolve(),
  },
  {
    id: 'called',
    title: 'called run works, caller laid down',
    nodes: () => [MANUAL, CALL, publish('called')],
    calls: (outside) => called('called', outside),
    underWay: true,
    prepare: async (place) => place.world.reaches(await untilAsked(place, 'called'), 'parked'),
    bring: () => Promise.resolve(),
  },
  {
    id: 'during',
    title: 'during an effect: asked, not answered',
    nodes: (outside) => [MANUAL, outside('Do', 'hold', 'during'), publish('during')],
    underWay: true,
    prepare: (place) => untilAsked(place, 'during'),
    bring: () => Promise.resolve(),
  },
  {
    id: 'kept',
    title: 'result kept, next node (publish) not done',
    nodes: (outside) => [MANUAL, outside('Do', 'hold', 'kept'), publish('kept')],
    prepare: (place) => untilAsked(place, 'kept'),
    bring: async ({ world, executionId }) => {
      await world.hold('records', 'LOCK TABLE uns_records IN SHARE MODE');
      world.outside.answer('kept');
      await world.kept(executionId, 'do');
      await world.stalled('records');
    },
  },
  {
    id: 'retry-short',
    title: 'retry within 5 s',
    nodes: (outside) => [MANUAL, outside('Do', 'fail', 'retry-short', retry(5_000)), publish('retry-short')],
    // Just before the lock by which also its second try would stand still, where the machine does for so long.
    bring: async ({ world, start }) => {
      const executionId = await start();
      await world.failed(executionId);
    },
  },
  {
    id: 'loop-before',
    title: 'second item of a loop: before its effect',
    nodes: loop('loop-before'),
    prepare: (place) => untilAsked(place, 'loop-before'),
    bring: async ({ world, executionId }) => {
      await world.hold('connections', 'LOCK TABLE connections IN ACCESS EXCLUSIVE MODE');
      world.outside.answer('loop-before');
      await world.kept(executionId, 'do', '0');
      await world.stalled('connections');
    },
  },
  {
    id: 'before',
    title: 'before an effect: not asked yet',
    nodes: plain('before'),
    bring: async ({ world, start }) => {
      await start();
      await world.stalled('connections', 2);
    },
  },
  {
    id: 'ending',
    title: 'end is written, not committed',
    nodes: (outside) => [MANUAL, publish('ending'), outside('Do', 'hold', 'ending')],
    prepare: (place) => untilAsked(place, 'ending'),
    bring: async ({ world }) => {
      await world.hold('rows', 'LOCK TABLE execution_nodes IN SHARE MODE');
      // Both end in one transaction: a worker has no more than twelve connections that can stand still.
      world.outside.answer('ending', 'called-ends');
      await world.stalled('rows');
    },
  },
  {
    id: 'called-ends',
    title: 'end of a called run is written, not committed',
    nodes: () => [MANUAL, CALL, publish('called-ends')],
    calls: (outside) => called('called-ends', outside),
    prepare: async (place) => place.world.reaches(await untilAsked(place, 'called-ends'), 'parked'),
    bring: async ({ world, executionId }) => {
      const [child] = await world.query<{ id: string }>('SELECT id FROM executions WHERE parent_id = $1', [
        executionId,
      ]);
      await world.kept(child!.id, 'do');
    },
  },
  {
    id: 'done',
    title: 'effect done, result not kept',
    nodes: (outside) => [MANUAL, outside('Do', 'hold', 'done'), publish('done')],
    underWay: true,
    prepare: (place) => untilAsked(place, 'done'),
    bring: async ({ world }) => {
      await world.hold('results', 'LOCK TABLE execution_checkpoints IN SHARE MODE');
      world.outside.answer('done', 'loop-after');
      await world.stalled('results');
    },
  },
  {
    id: 'loop-after',
    title: 'second item of a loop: effect done, result not kept',
    nodes: loop('loop-after'),
    underWay: true,
    prepare: async (place) => {
      const executionId = await untilAsked(place, 'loop-after');
      place.world.outside.answer('loop-after');
      await place.world.kept(executionId, 'do', '0');
      await place.world.asked('loop-after');
    },
    // With the step before.
    bring: () => Promise.resolve(),
  },
  {
    id: 'state',
    title: 'kept state of a buffer changed, not committed',
    nodes: () => [
      MANUAL,
      { name: 'Buffer', type: 'transform.buffer', parameters: { maxCount: 2 } },
      publish('state', '{{ $input[0].map((item) => item.payload.value) }}'),
    ],
    before: 1,
    bring: async ({ world, start }) => {
      await start();
      await world.stalled('results', 2);
    },
  },
  {
    id: 'pause-short',
    title: 'pause of up to 5 s',
    nodes: () => [MANUAL, wait('5s'), publish('pause-short')],
    bring: async ({ world, start }) => world.reaches(await start(), 'running'),
  },
  {
    id: 'claimed',
    title: 'claimed, first node not begun',
    nodes: plain('claimed'),
    fresh: true,
    bring: async ({ world, start }) => {
      await world.hold('dispatch', dispatchLock(world.organizationId));
      const executionId = await start();
      await world.hold('versions', 'LOCK TABLE pipeline_versions IN ACCESS EXCLUSIVE MODE');
      await world.letGo('dispatch');
      await world.reaches(executionId, 'running');
      await world.stalled('versions');
    },
  },
  {
    id: 'computing',
    title: 'in the middle of a script',
    nodes: () => [
      MANUAL,
      {
        name: 'Compute',
        type: 'code.javascript',
        parameters: { code: 'for (let i = 0; i < $trigger.payload.turns; i++); $trigger.payload.value' },
      },
      publish('computing'),
    ],
    before: 1,
    bring: async ({ world, start }) => {
      await world.reaches(await start(), 'running');
      world.workers[0]!.freeze();
    },
  },
  {
    id: 'dispatched',
    title: 'in the queue, no worker there',
    nodes: plain('dispatched'),
    bring: async ({ world, start }) => {
      // What it kept from beginning stands still with its worker; the API needs versions for what follows.
      await world.letGo('versions');
      await world.reaches(await start(), 'dispatched');
    },
  },
  {
    id: 'not-rung',
    title: 'marked as dispatched, not in the queue',
    byQueueTables: true,
    nodes: plain('not-rung'),
    bring: async ({ world, start }) => {
      await world.hold('jobs', 'LOCK TABLE bullmq.job IN SHARE MODE');
      await world.reaches(await start(), 'dispatched');
      await world.stalled('jobs');
    },
  },
  {
    id: 'accepted',
    title: 'accepted, not dispatched',
    nodes: plain('accepted'),
    bring: async ({ world, start }) => {
      await world.hold('dispatch', dispatchLock(world.organizationId));
      await world.reaches(await start(), 'queued');
    },
  },
  {
    id: 'starting',
    title: 'start asked for, not stored',
    nodes: plain('starting'),
    bring: async ({ world, ask }) => {
      await world.hold('keys', 'LOCK TABLE execution_keys IN SHARE MODE');
      ask();
      await world.stalled('keys');
    },
  },
];

function loop(id: string): Step['nodes'] {
  return (outside) => [
    MANUAL,
    { name: 'Each', type: 'flow.foreach', parameters: { sourceArray: '[1, 2, 3]' } },
    outside('Do', 'hold', id),
    { name: 'End', type: 'flow.endforeach' },
    publish(id),
  ];
}
