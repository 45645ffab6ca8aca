import { fieldsOf, type Field, type Struct } from './kafka-codec';

/** How one kind of request is made older on its way to the cluster, and its answer newer on its way back. */
export interface Translation {
  name: string;
  /** What the client speaks; compact encoding. */
  newer: { version: number; request: Field[]; response: Field[] };
  /** What the cluster speaks; not compact. */
  older: { version: number; request: Field[]; response: Field[] };
  /** Where the fields differ by more than being absent. */
  toOlder?: (request: Struct) => Struct;
  toNewer?: (response: Struct, request: Struct) => Struct;
}

const version = (number: number, request: string, response: string): Translation['newer'] => ({
  version: number,
  request: fieldsOf(request),
  response: fieldsOf(response),
});

const same = (name: string, newer: number, older: number, request: string, response: string): Translation => ({
  name,
  newer: version(newer, request, response),
  older: version(older, request, response),
});

const FETCHED =
  'throttle:i32 error:i16 session:i32 topics:[name:s partitions:[index:i32 error:i16 high:i64 stable:i64 start:i64 ' +
  'aborted:[producer:i64 first:i64] preferred:i32 records:y]]';
const COMMITTED = 'name:s partitions:[index:i32 offset:i64 epoch:i32 metadata:s error:i16]';
const WANTED = 'topics:[name:s partitions:[i32]]';
const BROKER = 'node:i32 host:s port:i32';

/** By the numbers of the requests. */
export const TRANSLATIONS: ReadonlyMap<number, Translation> = new Map<number, Translation>([
  [
    1,
    {
      name: 'Fetch',
      newer: version(
        12,
        'replica:i32 wait:i32 least:i32 most:i32 isolation:i8 session:i32 sessionEpoch:i32 topics:[name:s ' +
          'partitions:[index:i32 epoch:i32 offset:i64 fetched:i32 start:i64 most:i32]] gone:[name:s partitions:[i32]] rack:s',
        FETCHED,
      ),
      older: version(
        11,
        'replica:i32 wait:i32 least:i32 most:i32 isolation:i8 session:i32 sessionEpoch:i32 topics:[name:s ' +
          'partitions:[index:i32 epoch:i32 offset:i64 start:i64 most:i32]] gone:[name:s partitions:[i32]] rack:s',
        FETCHED,
      ),
    },
  ],
  [
    2,
    {
      name: 'ListOffsets',
      newer: version(
        6,
        'replica:i32 isolation:i8 topics:[name:s partitions:[index:i32 epoch:i32 time:i64]]',
        'throttle:i32 topics:[name:s partitions:[index:i32 error:i16 time:i64 offset:i64 epoch:i32]]',
      ),
      older: version(
        3,
        'replica:i32 isolation:i8 topics:[name:s partitions:[index:i32 time:i64]]',
        'throttle:i32 topics:[name:s partitions:[index:i32 error:i16 time:i64 offset:i64]]',
      ),
    },
  ],
  [
    3,
    {
      name: 'Metadata',
      newer: version(
        9,
        'topics:[name:s] create:i8 clusterOperations:i8 topicOperations:i8',
        `throttle:i32 brokers:[${BROKER} rack:s] cluster:s controller:i32 topics:[error:i16 name:s internal:i8 ` +
          'partitions:[error:i16 index:i32 leader:i32 epoch:i32 replicas:[i32] isr:[i32] offline:[i32]] ' +
          'operations:i32] operations:i32',
      ),
      older: version(
        2,
        'topics:[name:s]',
        `brokers:[${BROKER} rack:s] cluster:s controller:i32 topics:[error:i16 name:s internal:i8 ` +
          'partitions:[error:i16 index:i32 leader:i32 replicas:[i32] isr:[i32]]]',
      ),
      toNewer: (response) => ({ throttle: 0, ...response }),
    },
  ],
  [
    8,
    same(
      'OffsetCommit',
      8,
      7,
      'group:s generation:i32 member:s instance:s topics:[name:s partitions:[index:i32 offset:i64 epoch:i32 metadata:s]]',
      'throttle:i32 topics:[name:s partitions:[index:i32 error:i16]]',
    ),
  ],
  [
    9,
    {
      name: 'OffsetFetch',
      newer: version(
        8,
        `groups:[group:s ${WANTED}] stable:i8`,
        `throttle:i32 groups:[group:s topics:[${COMMITTED}] error:i16]`,
      ),
      older: version(5, `group:s ${WANTED}`, `throttle:i32 topics:[${COMMITTED}] error:i16`),
      toOlder: ({ groups }) => (groups as Struct[])[0]!,
      toNewer: ({ throttle, ...found }, { group }) => ({ throttle: throttle!, groups: [{ group: group!, ...found }] }),
    },
  ],
  [
    10,
    {
      name: 'FindCoordinator',
      newer: version(4, 'type:i8 keys:[s]', `throttle:i32 coordinators:[key:s ${BROKER} error:i16 message:s]`),
      older: version(2, 'key:s type:i8', `throttle:i32 error:i16 message:s ${BROKER}`),
      toOlder: ({ type, keys }) => ({ type: type!, key: (keys as string[])[0]! }),
      toNewer: ({ throttle, ...found }, { key }) => ({ throttle: throttle!, coordinators: [{ key: key!, ...found }] }),
    },
  ],
  [
    11,
    same(
      'JoinGroup',
      6,
      5,
      'group:s session:i32 rebalance:i32 member:s instance:s type:s protocols:[name:s metadata:y]',
      'throttle:i32 error:i16 generation:i32 protocol:s leader:s member:s members:[member:s instance:s metadata:y]',
    ),
  ],
  [12, same('Heartbeat', 4, 3, 'group:s generation:i32 member:s instance:s', 'throttle:i32 error:i16')],
  [
    13,
    {
      name: 'LeaveGroup',
      newer: version(
        4,
        'group:s members:[member:s instance:s]',
        'throttle:i32 error:i16 members:[member:s instance:s error:i16]',
      ),
      older: version(1, 'group:s member:s', 'throttle:i32 error:i16'),
      toOlder: ({ group, members }) => ({ group: group!, member: (members as Struct[])[0]!['member']! }),
    },
  ],
  [
    14,
    same(
      'SyncGroup',
      4,
      3,
      'group:s generation:i32 member:s instance:s assignments:[member:s assignment:y]',
      'throttle:i32 error:i16 assignment:y',
    ),
  ],
]);

/** What both sides speak as it is: Produce. */
export const ALIKE: ReadonlyMap<number, number> = new Map([[0, 7]]);

export const VERSIONS = {
  key: 18,
  response: fieldsOf('error:i16 kinds:[key:i16 least:i16 most:i16] throttle:i32'),
};
