import { NodeTypeRegistry, type NodeType } from '#pipelines';
import type { TestApp } from '#testing';
import { runNode, type TestCall } from '../../../libs/pipelines/src/nodes/test-call';

export type Run = (type: string, parameters: object, call?: TestCall) => ReturnType<typeof runNode>;

/** The node types of a running application, and how to run one of them for its first organization. */
export function nodesOf(app: TestApp): { find: (type: string) => NodeType; run: Run } {
  const registry = app.nest.get(NodeTypeRegistry, { strict: false });
  const find = (type: string): NodeType => registry.find(type)!;
  const { organizationId } = app;
  return { find, run: (type, parameters, call) => runNode(find(type), parameters, { organizationId, ...call }) };
}
