import { AggregateNode } from './aggregate.node';
import { BufferNode } from './buffer.node';
import { CsvNode } from './csv.node';
import { FilterNode } from './filter.node';
import { SetNode } from './set.node';

export const TRANSFORM_NODES = [SetNode, FilterNode, AggregateNode, CsvNode, BufferNode];
