import { RequestMethod, type Type } from '@nestjs/common';
import { METHOD_METADATA, PATH_METADATA } from '@nestjs/common/constants.js';
import { DiscoveryService, MetadataScanner, Reflector } from '@nestjs/core';
import type { INestApplication } from '@nestjs/common';
import { ACCESS_RULE, ORGANIZATION_FREE, ORGANIZATION_IN_PATH, type AccessRule } from './access';
import { ANSWER_KIND, type AnswerKind } from './answer';
import { BODY_LIMIT, GUARDED_BY_VERSION, IDEMPOTENT } from './routes';

/** One route with all that its decorators say. */
export interface Route {
  method: string;
  /** With the prefix, parameters as `:id`. */
  path: string;
  /** `TopicsController.get` */
  handler: string;
  access: AccessRule | undefined;
  answer: AnswerKind | undefined;
  /** It takes no `X-Organization-ID`. */
  organizationFree: boolean;
  /** The path names the organization. */
  organizationInPath: boolean;
  bodyLimit: number | undefined;
  idempotent: boolean;
  guardedByVersion: boolean;
}

export const API_PREFIX = 'api/v1';

/** Areas that live beside the API, not under its prefix. */
export const UNPREFIXED = ['health', 'metrics'];

type Handlers = Record<string, () => unknown>;

/** Every route of the application, read from its controllers: what tests, checks and the document are made from. */
export function routeTable(app: INestApplication): Route[] {
  const discovery = app.get(DiscoveryService, { strict: false });
  const reflector = app.get(Reflector);
  const scanner = new MetadataScanner();
  return discovery.getControllers().flatMap(({ metatype }) => {
    const controller = metatype as Type<Handlers>;
    const handlers = controller.prototype as Handlers;
    return scanner.getAllMethodNames(handlers).flatMap((name) => {
      const handler = handlers[name]!;
      const method = Reflect.getMetadata(METHOD_METADATA, handler) as RequestMethod | undefined;
      if (method === undefined) return [];
      const read = <T>(key: string): T | undefined =>
        reflector.getAllAndOverride<T | undefined>(key, [handler, controller]);
      return paths(handler).flatMap((path) =>
        paths(controller).map((base) => ({
          method: RequestMethod[method],
          path: fullPath(base, path),
          handler: `${controller.name}.${name}`,
          access: read<AccessRule>(ACCESS_RULE),
          answer: read<AnswerKind>(ANSWER_KIND),
          organizationFree: read<boolean>(ORGANIZATION_FREE) ?? false,
          organizationInPath: read<object>(ORGANIZATION_IN_PATH) !== undefined,
          bodyLimit: read<number>(BODY_LIMIT),
          idempotent: read<string>(IDEMPOTENT) !== undefined,
          guardedByVersion: read<boolean>(GUARDED_BY_VERSION) ?? false,
        })),
      );
    });
  });
}

const paths = (target: object): string[] =>
  [Reflect.getMetadata(PATH_METADATA, target) as string | string[] | undefined].flat().map((path) => path ?? '');

function fullPath(base: string, path: string): string {
  const segments = `${base}/${path}`.split('/').filter(Boolean);
  return `/${[...(UNPREFIXED.includes(segments[0] ?? '') ? [] : [API_PREFIX]), ...segments].join('/')}`;
}

/** @throws Error naming every route that forgot to say who may call it or what it answers. */
export function requireCompleteRoutes(routes: Route[]): void {
  const faults = routes.flatMap((route) => [
    ...(route.access ? [] : [`${route.handler} needs @Scopes, @Authenticated or @Public`]),
    ...(route.answer ? [] : [`${route.handler} needs one of the @Answers… decorators`]),
    ...(route.idempotent && route.organizationFree
      ? [`${route.handler} has no organization to keep @Idempotent keys in`]
      : []),
  ]);
  if (faults.length > 0) throw new Error(`incomplete routes:\n  ${faults.join('\n  ')}`);
}
