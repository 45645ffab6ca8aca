import { Logger } from '@nestjs/common';
import { DomainError, type JsonValue } from '#kernel';
import { NodeError, ParameterError } from '#pipelines';
import type { RunError } from '../execution';
import type { PlannedNode } from './run-plan';
import { NodeTimeout } from './try-limit';

/** What is wrong with one try of a node, for those who built the pipeline. */
export interface Failure {
  error: RunError;
  retryable: boolean;
  /** Values in it that are not to be written down. */
  sensitive?: readonly JsonValue[];
}

const logger = new Logger('runs');

/** What a try threw, as a failure. What nobody expected is told to the log alone. */
export function failureOf(error: unknown, planned: PlannedNode, iteration: string, executionId: string): Failure {
  const { node } = planned;
  const at = { nodeId: node.id, nodeName: node.name, ...(iteration && { iteration }) };
  if (error instanceof NodeTimeout) {
    const message = `${node.name} took longer than ${planned.timeoutMs / 1_000} s`;
    return { error: { message, ...at }, retryable: planned.retryOnTimeout };
  }
  if (error instanceof ParameterError) {
    const { pointer, expression, fault, position } = error;
    const details = { parameter: pointer, expression, fault, ...(position && { position: { ...position } }) };
    return { error: { message: `${node.name}: ${error.message}`, ...at, details }, retryable: false };
  }
  if (error instanceof NodeError) {
    const { message, details, retryable, sensitive } = error;
    return { error: { message, ...at, ...(details && { details }) }, retryable, sensitive };
  }
  if (error instanceof DomainError) return { error: { message: error.message, ...at }, retryable: false };
  logger.error(error, (error as Error | undefined)?.stack, `${node.type} of ${executionId}`);
  return { error: { message: `${node.name} failed by a fault of the platform`, ...at }, retryable: false };
}
