import { UnsFetchDataNode } from './fetch-data.node';
import { UnsPublishBatchNode } from './publish-batch.node';
import { UnsPublishNode } from './publish.node';
import { UnsSearchNodesNode } from './search-nodes.node';

export const UNS_NODES = [UnsPublishNode, UnsPublishBatchNode, UnsFetchDataNode, UnsSearchNodesNode];
