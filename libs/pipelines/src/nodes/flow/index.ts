import { CallPipelineNode } from './call-pipeline.node';
import { ConditionNode } from './condition.node';
import { EndForEachNode } from './endforeach.node';
import { ForEachNode } from './foreach.node';
import { MergeNode } from './merge.node';

import { RespondNode } from './respond.node';
import { StopNode } from './stop.node';
import { SwitchNode } from './switch.node';
import { WaitNode } from './wait.node';

export const FLOW_NODES = [
  ConditionNode,
  SwitchNode,
  ForEachNode,
  EndForEachNode,
  MergeNode,
  WaitNode,
  StopNode,
  RespondNode,
  CallPipelineNode,
];
