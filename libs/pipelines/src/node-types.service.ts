import { Injectable } from '@nestjs/common';
import { notFound, Page } from '#kernel';
import { toNodeTypeView, type NodeTypeView } from './dto/node-type.dto';
import { NodeTypeRegistry } from './node-types';

/** The node types there are, as callers see them. */
@Injectable()
export class NodeTypesService {
  constructor(private readonly types: NodeTypeRegistry) {}

  /** All of them on one page. */
  list(): Page<NodeTypeView> {
    const all = this.types.all().map(({ definition }) => toNodeTypeView(definition));
    return new Page(all, { page: 1, limit: all.length, total: all.length });
  }

  /** @throws DomainError `not_found` */
  get(type: string): NodeTypeView {
    const found = this.types.find(type);
    if (!found) throw notFound('Node type');
    return toNodeTypeView(found.definition);
  }
}
