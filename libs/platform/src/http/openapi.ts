import type { INestApplication } from '@nestjs/common';
import { DocumentBuilder, SwaggerModule, type OpenAPIObject } from '@nestjs/swagger';
import { SCOPES, ALL_SCOPES } from '#kernel';
import type { NextFunction, Request, Response } from 'express';
import { DocumentedPaths } from './documented-paths';
import { ErrorAnswer, errorResponse, UnauthorizedAnswer, type ErrorStatus } from './error-responses';
import { REFERENCE_REDIRECT_PATH, ReferenceSignIn } from './reference-sign-in';
import { API_PREFIX, routeTable, type Route } from './route-table';

type Operation = NonNullable<OpenAPIObject['paths'][string]['get']>;

/** The OpenAPI document: what the classes say, completed from the route table with security and error answers. */
export function openApiDocument(app: INestApplication): OpenAPIObject {
  const scopes = Object.fromEntries(ALL_SCOPES.map((scope) => [scope, SCOPES[scope].description]));
  const settings = new DocumentBuilder()
    .setTitle('MaestroHub')
    .setDescription('Connectors, pipelines and the unified namespace of industrial data.')
    .setVersion('1')
    .addOAuth2(
      {
        type: 'oauth2',
        description: 'Sign in as yourself in the browser, or as a service with a client id and secret.',
        flows: {
          authorizationCode: {
            authorizationUrl: `/${API_PREFIX}/oauth2/authorize`,
            tokenUrl: `/${API_PREFIX}/oauth2/token`,
            refreshUrl: `/${API_PREFIX}/oauth2/token`,
            scopes,
          },
          clientCredentials: { tokenUrl: `/${API_PREFIX}/oauth2/token`, scopes },
        },
      },
      'oauth2',
    )
    .addBearerAuth({ type: 'http', description: 'Personal access token or session token' }, 'bearer')
    .addApiKey(
      { type: 'apiKey', in: 'header', name: 'X-Organization-ID', description: 'Organization id' },
      'organization',
    )
    .build();
  const document = SwaggerModule.createDocument(app, settings, {
    extraModels: [ErrorAnswer, UnauthorizedAnswer],
    operationIdFactory: (controller, method) => `${controller.replace(/Controller$/, '')}_${method}`,
    autoTagControllers: false,
  });
  for (const route of routeTable(app)) {
    const operation = find(document, route);
    if (operation) complete(operation, route);
  }
  Object.assign(document.paths, app.get(DocumentedPaths).all());
  return document;
}

function find(document: OpenAPIObject, route: Route): Operation | undefined {
  const path = route.path.replace(/:(\w+)/g, '{$1}');
  return document.paths[path]?.[route.method.toLowerCase() as 'get'];
}

function complete(operation: Operation, route: Route): void {
  const { access } = route;
  if (access && access.kind !== 'public') {
    const organization: Record<string, string[]> = route.organizationFree ? {} : { organization: [] };
    const scopes = access.kind === 'scope' ? [access.scope, ...access.also] : [];
    operation.security = [
      { oauth2: scopes, ...organization },
      { bearer: [], ...organization },
    ];
    if (access.kind === 'scope') {
      const note = `${scopes.length > 1 ? 'Scopes' : 'Scope'}: ${scopes.map((scope) => `\`${scope}\``).join(', ')}`;
      operation.description = operation.description ? `${operation.description}\n\n${note}` : note;
    }
  }
  for (const parameter of operation.parameters ?? []) leaveOutDefaults(parameter);
  if (route.idempotent) addHeader(operation, 'Idempotency-Key', 'Repeats within 24 hours get the first answer');
  if (route.guardedByVersion) addHeader(operation, 'If-Match', 'ETag last seen; a stale one is refused');
  for (const status of errorStatuses(route)) operation.responses[status] ??= errorResponse(status) as never;
}

/** A field with an initial value looks required to the reader of the classes. */
function leaveOutDefaults(parameter: NonNullable<Operation['parameters']>[number]): void {
  if (!('schema' in parameter) || parameter.in !== 'query') return;
  if (parameter.schema && 'default' in parameter.schema) parameter.required = false;
}

function addHeader(operation: Operation, name: string, description: string): void {
  operation.parameters = [
    ...(operation.parameters ?? []),
    { name, in: 'header', required: false, description, schema: { type: 'string' } },
  ];
}

function errorStatuses(route: Route): ErrorStatus[] {
  const open = route.access?.kind === 'public';
  const scoped = route.access?.kind === 'scope';
  // Routes of other people's protocols refuse by their rules; whatever needs a scope, by ours.
  if (route.answer === 'raw' && !scoped) return [];
  const takesBody = ['POST', 'PUT', 'PATCH'].includes(route.method);
  return [
    400 as const,
    ...(open ? [] : [401 as const]),
    ...(scoped || !route.organizationFree ? [403 as const] : []),
    ...(route.path.includes(':') ? [404 as const] : []),
    // Deleting is refused where others depend on it.
    ...(route.idempotent || takesBody || (route.method === 'DELETE' && scoped) ? [409 as const] : []),
    ...(route.guardedByVersion ? [412 as const] : []),
    ...(takesBody ? [413 as const] : []),
    ...(open || route.organizationFree ? [] : [422 as const]),
    429 as const,
    503 as const,
  ];
}

/** Swagger UI at /swagger/index.html, the document at /swagger/openapi.json. */
export function serveOpenApi(app: INestApplication): void {
  const signIn = app.get(ReferenceSignIn);
  app.use('/swagger', ownWindow, besideIndex);
  SwaggerModule.setup('swagger', app, () => openApiDocument(app), {
    jsonDocumentUrl: 'swagger/openapi.json',
    raw: ['json'],
    customSiteTitle: 'MaestroHub API',
    // Read when the page is first asked for: by then the areas have started.
    get swaggerOptions() {
      return {
        persistAuthorization: false,
        displayRequestDuration: true,
        tagsSorter: 'alpha',
        // The areas at a glance: hundreds of open operations take browsers seconds to draw.
        docExpansion: 'none',
        ...signIn.options(ALL_SCOPES),
      };
    },
  });
}

/**
 * The page holds tokens: no other site may keep a hold of its window. The window that it opens for signing in may pass
 * through other sites, and has to find back.
 */
function ownWindow(request: Request, response: Response, next: NextFunction): void {
  if (!request.originalUrl.startsWith(REFERENCE_REDIRECT_PATH)) {
    response.setHeader('Cross-Origin-Opener-Policy', 'same-origin-allow-popups');
  }
  next();
}

/** The page takes its files from `./swagger/`: right below `/swagger`, one level too deep below `/swagger/index.html`. */
function besideIndex(request: Request, _response: Response, next: NextFunction): void {
  request.url = request.url.replace(/^\/swagger\//, '/');
  next();
}
