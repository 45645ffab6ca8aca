import { Module } from '@nestjs/common';
import { DiscoveryModule } from '@nestjs/core';
import { Test } from '@nestjs/testing';
import { FunctionCalls } from '#connectors';
import { ModelsService } from '#models';
import { SchemaValidator } from '#platform/json-schema';
import { TopicsService, UnsDataService, UnsHistoryService } from '#uns';
import { Parameters } from '../expressions';
import { emit, NodeType, NodeTypeRegistry, type JsonObject, type NodeDefinition } from '../node-types';
import { JavaScriptNode } from './code/javascript.node';
import { ConnectorFunctionNode } from './connector/connector-function.node';
import { FLOW_NODES } from './flow';
import { ModelValidateNode } from './model/validate.node';
import { testCall } from './test-call';
import { TRANSFORM_NODES } from './transform';
import { TRIGGERS } from './triggers';
import { UNS_NODES } from './uns';

const CONTRACT = [
  ...['trigger.manual', 'trigger.schedule', 'trigger.webhook', 'trigger.uns.subscribe', 'trigger.connection'],
  ...['trigger.pipeline.event', 'flow.condition', 'flow.switch', 'flow.foreach', 'flow.endforeach', 'flow.merge'],
  ...['flow.wait', 'flow.respond', 'flow.stop', 'flow.pipeline', 'transform.set', 'transform.filter'],
  ...['transform.aggregate', 'transform.buffer', 'transform.csv', 'model.validate', 'code.javascript'],
  ...['system.uns.publish', 'system.uns.publishBatch', 'system.uns.fetchdata', 'system.uns.searchnodes'],
  'connector.function',
];

/** Definitions and checks need nothing of them: that these nodes work is shown by test/e2e/nodes. */
const OUTSIDE = [ModelsService, UnsDataService, UnsHistoryService, TopicsService, FunctionCalls].map((provide) => ({
  provide,
  useValue: {},
}));

@NodeType()
class OutsideNode implements NodeType {
  readonly definition: NodeDefinition = {
    type: 'acme.nothing',
    category: 'transform',
    title: 'Nothing',
    description: 'Gives null.',
    documentation: '',
    inputs: ['in'],
    outputs: ['out'],
    parameters: { type: 'object', properties: {}, additionalProperties: false },
    example: { parameters: {} },
    pure: true,
  };

  run() {
    return emit(null);
  }
}

@Module({ providers: [OutsideNode] })
class OutsideModule {}

@NodeType()
class StrangeNode implements NodeType {
  readonly definition: NodeDefinition = {
    ...new OutsideNode().definition,
    type: 'acme.strange',
    parameters: {
      type: 'object',
      properties: { 'x-reference': { type: 'array', items: { 'x-reference': 'models' } } },
      additionalProperties: false,
    },
  };
}

describe('node types', () => {
  let registry: NodeTypeRegistry;

  beforeAll(async () => {
    const single = [JavaScriptNode, ModelValidateNode, ConnectorFunctionNode];
    const own = [...TRIGGERS, ...FLOW_NODES, ...TRANSFORM_NODES, ...single, ...UNS_NODES];
    const providers = [NodeTypeRegistry, ...own, ...OUTSIDE];
    const module = await Test.createTestingModule({ imports: [DiscoveryModule, OutsideModule], providers }).compile();
    await module.init();
    registry = module.get(NodeTypeRegistry);
  });

  const get = (type: string): NodeType => registry.find(type)!;

  it('are those of the contract', () => {
    const own = registry.all().map(({ definition }) => definition.type);
    expect(own.filter((type) => !type.startsWith('acme.'))).toEqual(CONTRACT.toSorted());
  });

  it('come from any module of the application', () => {
    expect(get('acme.nothing')).toBeInstanceOf(OutsideNode);
  });

  it('refer to known types of entities alone', async () => {
    const providers = [NodeTypeRegistry, StrangeNode];
    const module = await Test.createTestingModule({ imports: [DiscoveryModule], providers }).compile();
    await expect(module.init()).rejects.toThrow('node type acme.strange: x-reference is none of connection, function');
  });

  it.each(CONTRACT)('%s is described', (type) => {
    const { title, description, documentation, parameters } = get(type).definition;
    expect(title).toMatch(/^[A-Z]/);
    expect(description).toMatch(/\.$/);
    expect(documentation).toMatch(/^.{60,}/s);
    for (const schema of objectsIn(parameters)) {
      expect(schema.additionalProperties).toBe(false);
      for (const property of Object.values(schema.properties as JsonObject)) {
        expect((property as JsonObject).description).toMatch(/\S/);
      }
    }
  });

  it.each(CONTRACT)('%s takes its example, and its defaults', (type) => {
    const node = get(type);
    const { parameters, example } = node.definition;
    expect(new SchemaValidator({ ...parameters }).problems(example.parameters)).toEqual([]);
    expect(node.check?.(example.parameters) ?? []).toEqual([]);
    for (const property of Object.values(parameters.properties)) {
      if ('default' in property) expect(new SchemaValidator(property).problems(property.default)).toEqual([]);
    }
  });

  it.each(CONTRACT)('%s runs, unless it is a trigger', (type) => {
    const { definition, run } = get(type);
    const isTrigger = type.startsWith('trigger.');
    expect([definition.trigger === true, definition.inputs.length === 0, run === undefined]).toEqual([
      isTrigger,
      isTrigger,
      isTrigger,
    ]);
  });

  it.each(CONTRACT.filter((type) => /^(transform|code)/.test(type) && type !== 'transform.buffer'))(
    '%s gives what its example says',
    async (type) => {
      const { definition, run } = get(type);
      const properties = definition.parameters.properties;
      const entries = Object.entries(definition.example.parameters);
      const deferred = entries.filter(([name]) => properties[name]!['x-deferred']);
      const scope = { $trigger: { payload: { line: 'l1' } } };
      const call = testCall({});
      const rest = Object.fromEntries(entries.filter((entry) => !deferred.includes(entry)));
      const computed = await new Parameters(rest).compute(scope, call.scripts, call.moment);
      const parameters = { ...(computed as JsonObject), ...Object.fromEntries(deferred) };
      expect(await run!.call(get(type), { ...call, scope, parameters })).toEqual({
        kind: 'emit',
        emissions: [{ port: 'out', value: definition.example.output }],
      });
    },
  );

  it('know their ports whatever the parameters are', () => {
    const shape = registry.shapeOf({ id: 'n', name: 'N', type: 'flow.switch', parameters: {}, disabled: false })!;
    expect(shape.outputs({})).toEqual(['default']);
    expect(shape.outputs({ cases: [null, { id: 5 }, { id: 'a' }, { id: 'a' }] })).toEqual(['a', 'default']);
  });
});

function* objectsIn(schema: unknown): Generator<JsonObject> {
  if (typeof schema !== 'object' || schema === null) return;
  if ('properties' in schema && 'type' in schema) yield schema as JsonObject;
  for (const member of Object.values(schema)) yield* objectsIn(member);
}
