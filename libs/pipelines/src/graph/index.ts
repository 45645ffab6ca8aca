export { graphFaults, graphProblems, MOST_EDGES, MOST_NODES, type ShapeOf } from './graph-rules';
export { findLoops, type Loop } from './loops';
export {
  PipelineGraph,
  type GraphProblem,
  type NodeShape,
  type PipelineEdge,
  type PipelineNode,
} from './pipeline-graph';
