import { Injectable } from '@nestjs/common';
import { Page } from '#kernel';
import { toProtocolView, type ProtocolQuery, type ProtocolView } from './dto/protocol.dto';
import { ProtocolRegistry } from './protocol-registry';

/** Protocols as callers see them. */
@Injectable()
export class ProtocolsService {
  constructor(private readonly registry: ProtocolRegistry) {}

  list({ page, limit, search = '' }: ProtocolQuery): Page<ProtocolView> {
    const found = this.registry
      .all()
      .map(({ protocol }) => protocol.definition)
      .filter(({ id, title, description }) =>
        `${id} ${title} ${description}`.toLowerCase().includes(search.toLowerCase()),
      );
    const data = found.slice((page - 1) * limit, page * limit).map(toProtocolView);
    return new Page(data, { page, limit, total: found.length });
  }

  /** @throws DomainError `not_found` */
  get(id: string): ProtocolView {
    return toProtocolView(this.registry.get(id).protocol.definition);
  }
}
