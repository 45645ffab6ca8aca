import { Injectable } from '@nestjs/common';
import type { OpenAPIObject } from '@nestjs/swagger';

/** Addresses that a library serves rather than a controller: whoever mounts it describes them for the OpenAPI document. */
@Injectable()
export class DocumentedPaths {
  private readonly paths: OpenAPIObject['paths'] = {};

  add(paths: OpenAPIObject['paths']): void {
    Object.assign(this.paths, paths);
  }

  all(): OpenAPIObject['paths'] {
    return this.paths;
  }
}
