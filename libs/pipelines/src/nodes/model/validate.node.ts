import { DomainError, isId, type FieldProblem, type JsonValue } from '#kernel';
import { ModelsService, type ModelValidator } from '#models';
import {
  NodeError,
  NodeType,
  type JsonObject,
  type NodeCall,
  type NodeDefinition,
  type NodeResult,
} from '../../node-types';
import { idOf, INPUT_BEFORE } from '../support/schema';
import { refusedAs } from '../support/refusal';
import { paragraphs } from '../support/wording';

interface Parameters {
  modelId: string;
  value?: JsonValue;
  onInvalid?: 'fail' | 'port';
}

/**
 * Pure, though it reads a model: the value is a few milliseconds' work and often large, so that keeping a second copy of
 * it would cost more than it is worth. A run that is taken up again after a crash, or tried again later, is checked
 * by the model as it is then.
 */
@NodeType()
export class ModelValidateNode implements NodeType<Parameters> {
  readonly definition: NodeDefinition = {
    type: 'model.validate',
    category: 'model',
    title: 'Validate by Model',
    description: 'Checks a value by a model, and adds the defaults of what is missing.',
    documentation: paragraphs(
      'A value that fits goes on at `out`, with the defaults of the model’s fields where members are missing; members that ' +
        'the model does not name stay.',
      'One that does not fit fails the node, with up to 100 problems in the details of the error: each has the place ' +
        '(`lines[0].speed`) and what is wrong there. With `onInvalid` **port**, `{value, problems}` goes on at `invalid` ' +
        'instead.',
      'Values of fields that are sensitive are not shown in the history of the run, wherever they go from there.',
      'The model is taken as it is at that moment: a change acts within a quarter of a second, also on runs that have ' +
        'begun, and on those that are tried again.',
    ),
    inputs: ['in'],
    outputs: ['out', 'invalid'],
    parameters: {
      type: 'object',
      properties: {
        modelId: idOf('model', 'The model'),
        value: { default: INPUT_BEFORE, description: 'The value to check' },
        onInvalid: { type: 'string', enum: ['fail', 'port'], default: 'fail', description: 'What becomes of others' },
      },
      required: ['modelId'],
      additionalProperties: false,
    },
    example: {
      parameters: {
        modelId: '01890a5d-ac96-774b-bcce-b302099a805a',
        value: '{{ $trigger.payload }}',
        onInvalid: 'port',
      },
    },
    pure: true,
  };

  constructor(private readonly models: ModelsService) {}

  async checkReferences({ modelId }: JsonObject, organizationId: string): Promise<FieldProblem[]> {
    if (!isId(modelId)) return [];
    try {
      // As it is now: a validator that is kept may be of one that has just been deleted.
      await this.models.schemaOf(organizationId, modelId);
      return [];
    } catch (error) {
      // Either it is gone, or one that it names.
      if (error instanceof DomainError && (error.kind === 'not_found' || error.kind === 'conflict'))
        return [{ field: 'modelId', message: error.message }];
      throw error;
    }
  }

  async run({ organizationId, parameters }: NodeCall<Parameters>): Promise<NodeResult> {
    const { modelId, value = null, onInvalid = 'fail' } = parameters;
    const model = await this.find(organizationId, modelId);
    const complete = model.withDefaults(value);
    const problems = model.problems(complete);
    const sensitive = model.sensitiveValues(complete);
    if (problems.length === 0) return { kind: 'emit', emissions: [{ port: 'out', value: complete }], sensitive };
    const told = problems.map(({ field, message }) => ({ field, message }));
    if (onInvalid === 'port') {
      return { kind: 'emit', emissions: [{ port: 'invalid', value: { value, problems: told } }], sensitive };
    }
    const more = problems.length > 1 ? ` (and ${problems.length - 1} more)` : '';
    const message = `Value does not fit the model: ${problems[0]!.message}${more}`;
    throw new NodeError(message, { problems: told }, false, sensitive);
  }

  private async find(organizationId: string, modelId: string): Promise<ModelValidator> {
    try {
      return await this.models.validator(organizationId, modelId);
    } catch (error) {
      throw refusedAs(error);
    }
  }
}
