import type { FieldProblem } from '#kernel';
import { NodeType, type JsonObject, type NodeDefinition } from '../../node-types';
import { DURATION_PATTERN } from '../support/duration';
import { paragraphs } from '../support/wording';
import { cronProblem, intervalProblem, timezoneProblem } from './schedule-rules';

@NodeType()
export class ScheduleTrigger implements NodeType {
  readonly definition: NodeDefinition = {
    type: 'trigger.schedule',
    category: 'trigger',
    title: 'Schedule',
    description: 'Starts runs at points of time (cron) or again and again after the same time (interval).',
    documentation: paragraphs(
      '**cron** has six fields: second, minute, hour, day of month, month, day of week. `*`, lists, ranges, steps, names ' +
        '(`MON`, `JAN`), `L` and `#` work; where both days are given, either will do. Or one of `@yearly`, `@monthly`, ' +
        '`@weekly`, `@daily`, `@hourly`, `@minutely`. Times are those of `timezone`: one that ' +
        'daylight saving leaves out comes an hour later, one that it repeats comes once.',
      '**interval** is `500ms`, `10s`, `5m`, `2h` or `1d`, from 100 ms to 31 days.',
      '`$trigger.payload` is `outputData`; `$trigger.scheduledAt` the time at which the run was due. The fields ' +
        'of an object stand in `$trigger` as well.',
      'Each time starts one run. Times that were missed are not made up for, except that the last of them starts its run ' +
        'up to a minute late. Intervals count from the epoch: `5m` comes at minutes 0, 5, 10 …',
    ),
    inputs: [],
    outputs: ['out'],
    parameters: {
      type: 'object',
      properties: {
        scheduleType: { type: 'string', enum: ['cron', 'interval'], description: 'Which of the two counts' },
        cron: { type: 'string', minLength: 1, maxLength: 200, description: 'Six fields, or a macro: `0 */5 * * * *`' },
        timezone: {
          type: 'string',
          minLength: 1,
          maxLength: 64,
          default: 'UTC',
          description: 'IANA name, for cron: `Europe/Berlin`',
        },
        interval: { type: 'string', pattern: DURATION_PATTERN, description: '100 ms to 31 days: `10s`' },
        outputData: { default: null, description: '`$trigger.payload`: any JSON' },
      },
      required: ['scheduleType'],
      additionalProperties: false,
    },
    example: { parameters: { scheduleType: 'cron', cron: '0 */5 * * * *', timezone: 'Europe/Berlin' } },
    pure: true,
    trigger: true,
  };

  check({ scheduleType, cron, timezone, interval }: JsonObject): FieldProblem[] {
    const faults =
      scheduleType === 'interval'
        ? [{ field: 'interval', problem: intervalProblem(interval) }]
        : [
            { field: 'timezone', problem: timezoneProblem(timezone ?? 'UTC') },
            { field: 'cron', problem: cronProblem(cron) },
          ];
    return faults.flatMap(({ field, problem }) => (problem === undefined ? [] : [{ field, message: problem }]));
  }
}
