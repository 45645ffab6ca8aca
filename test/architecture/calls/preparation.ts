import { routeTable, type Route } from '#platform/http';
import type { TestApp } from '#testing';
import { send, succeeded, told, nameOf, type Caller, type PreparedCall } from './caller';
import { operationOf, plain, type Schema } from './document';
import { exampleOf, idSchema, isFile } from './examples';
import { COLLECTIONS, FIELDS, FIRST, MAKERS, NAMED_WITHIN, NAMES } from './makers';

const PREFIX = '/api/v1';

const isParameter = (segment: string): boolean => segment.startsWith(':');

export const takesAnId = ({ path }: Route): boolean => path.split('/').some(isParameter);

/** A field of a body, or a query, that names another thing, and the route that makes such things. */
export interface Reference {
  field: string;
  collection: Route;
}

/** A thing that a body or a query names instead of one of its own. */
export interface Foreign {
  field: string;
  id: string;
}

/** Fields within fields are looked at so deep. */
const DEPTH = 5;

/**
 * Makes calls that should succeed, from the route table and the OpenAPI document: whatever a path, a required field or
 * a required query names is made first, by calls of its own.
 */
export class Preparation {
  readonly routes: Route[];

  constructor(private readonly app: TestApp) {
    this.routes = routeTable(app.nest).filter(({ path }) => path.startsWith(PREFIX));
  }

  /** @throws Error that tells the author of a route what is missing. */
  async prepare(route: Route, caller: Caller, organizationId: string, foreign?: Foreign): Promise<PreparedCall> {
    const { path, entity } = await this.fillIn(route, caller, organizationId);
    const call = { route, path, query: {}, body: undefined, organizationId };
    await this.doBefore(call, caller);
    const current = { ...entity, ...(await this.read(call, caller)) };
    const query = await this.queryOf(route, caller, organizationId, foreign);
    return { ...call, query, body: await this.bodyOf(route, caller, organizationId, current, foreign) };
  }

  /** Makes one thing of a collection; of the one at that path, where it lies within another thing. */
  async make(collection: Route, caller: Caller, organizationId: string, path?: string) {
    const maker = MAKERS[collection.path.replace(PREFIX, '')];
    if (maker && collection.answer !== 'created') {
      return { id: await maker({ app: this.app, caller, organizationId }), entity: {} as Record<string, unknown> };
    }
    const call = await this.prepare(collection, caller, organizationId);
    const answer = await send(this.app, path === undefined ? call : { ...call, path }, caller);
    const location = answer.headers.get('location');
    if (answer.status !== 201 || location === null) {
      throw new Error(`${nameOf(collection)} with a body of examples was answered ${told(answer)}`);
    }
    const id = decodeURIComponent(location.split('/').at(-1)!);
    return { id, entity: (answer.body as { data: Record<string, unknown> }).data };
  }

  /** What names other things in the body, at any depth, and in the query. */
  references(route: Route): Reference[] {
    const queries = (operationOf(route).parameters ?? []).filter((given) => given.in === 'query');
    const fields = [
      ...idFields(bodySchema(route)?.schema ?? {}),
      ...queries.filter(({ schema = {} }) => idSchema(schema)).map(({ name }) => name),
    ];
    return [...new Set(fields)].flatMap((field) => {
      const collection = this.collectionOf(field, route);
      return collection ? [{ field, collection }] : [];
    });
  }

  private async fillIn(route: Route, caller: Caller, organizationId: string) {
    const filled: string[] = [];
    let entity: Record<string, unknown> = {};
    const segments = route.path.split('/');
    for (const [index, segment] of segments.entries()) {
      if (!isParameter(segment)) {
        filled.push(segment);
        continue;
      }
      const collection = segments.slice(0, index).join('/').replace(PREFIX, '');
      const maker = MAKERS[collection];
      const creation = this.find('POST', PREFIX + collection);
      if (maker) {
        filled.push(await maker({ app: this.app, caller, organizationId }));
      } else if (creation?.answer === 'created') {
        const made = await this.make(creation, caller, organizationId, filled.join('/'));
        entity = made.entity;
        filled.push(made.id);
      } else {
        throw new Error(
          `has ${segment}, but no POST ${collection} makes one: add such a route, or an entry to MAKERS in test/architecture/calls/makers.ts with its reason`,
        );
      }
    }
    return { path: filled.join('/'), entity };
  }

  /** What has no id of its own is there once it was put; what takes an action back needs the action. */
  private async doBefore(call: PreparedCall, caller: Caller): Promise<void> {
    const { route, path } = call;
    const last = route.path.split('/').at(-1)!;
    const rule = FIRST.find(([of]) => of.test(nameOf(route)));
    if (rule) {
      const [method, pattern] = nameOf(route)
        .replace(...rule)
        .split(' ') as [string, string];
      const [, address] = nameOf({ method: route.method, path })
        .replace(...rule)
        .split(' ') as [string, string];
      await this.succeed(this.find(method, PREFIX + pattern), { ...call, path: PREFIX + address }, caller);
    } else if (!isParameter(last) && ['GET', 'DELETE'].includes(route.method)) {
      const setter = this.find('PUT', route.path) ?? this.find('POST', route.path);
      if (setter && setter.answer !== 'created') await this.succeed(setter, call, caller);
    }
  }

  private async succeed(route: Route | undefined, call: PreparedCall, caller: Caller): Promise<void> {
    if (!route) return;
    const body = await this.bodyOf(route, caller, call.organizationId, {});
    const answer = await send(this.app, { ...call, route, body }, caller);
    if (!succeeded(answer)) throw new Error(`needs ${nameOf(route)} first, which was answered ${told(answer)}`);
  }

  /** What stands at the address before it is changed. */
  private async read(call: PreparedCall, caller: Caller): Promise<Record<string, unknown>> {
    const getter = ['PUT', 'PATCH'].includes(call.route.method) && this.find('GET', call.route.path);
    if (!getter || getter.answer === 'raw') return {};
    const { body } = await send(this.app, { ...call, route: getter }, caller);
    return (body as { data?: Record<string, unknown> } | undefined)?.data ?? {};
  }

  private async bodyOf(
    route: Route,
    caller: Caller,
    organizationId: string,
    current: Readonly<Record<string, unknown>>,
    foreign?: Foreign,
  ): Promise<unknown> {
    const described = bodySchema(route);
    if (!described) return undefined;
    const fixed = FIELDS[nameOf(route)] ?? {};
    const body = await exampleOf(described.schema, {
      current,
      include: (field, schema) => field in fixed || (foreign !== undefined && leadsTo(foreign.field, field, schema)),
      choose: (field, schema) => {
        const within = foreign && NAMED_WITHIN[nameOf(route)]?.[field];
        if (within) return within(foreign.id);
        if (field === foreign?.field) return isList(schema) ? [foreign.id] : foreign.id;
        return fixed[field] ?? this.choose(route, field, schema, caller, organizationId);
      },
    });
    return described.type === 'multipart/form-data' ? formOf(described.schema, body as object) : body;
  }

  private choose(route: Route, field: string, schema: Schema, caller: Caller, organizationId: string): unknown {
    if (field === 'scopes' && caller.scopes) return caller.scopes;
    const collection = idSchema(schema) && this.collectionOf(field, route);
    if (!collection) return undefined;
    const made = this.make(collection, caller, organizationId).then(({ id }) => id);
    return isList(schema) ? made.then((id) => [id]) : made;
  }

  private async queryOf(
    route: Route,
    caller: Caller,
    organizationId: string,
    foreign?: Foreign,
  ): Promise<Record<string, string>> {
    const query: Record<string, string> = {};
    for (const { name, in: place, required, schema = {} } of operationOf(route).parameters ?? []) {
      if (place !== 'query') continue;
      const named = NAMES[name] && this.find('POST', PREFIX + NAMES[name].collection);
      if (name === foreign?.field) query[name] = foreign.id;
      else if (!required) continue;
      else if (named) query[name] = String((await this.make(named, caller, organizationId)).entity[NAMES[name]!.field]);
      else query[name] = String(await exampleOf(schema, { choose: () => undefined, current: {} }, name));
    }
    return query;
  }

  /** `folderId` → the route that makes folders, the nearest where there are several; `parentId` → its own collection. */
  private collectionOf(field: string, { path: from }: Route): Route | undefined {
    const named = COLLECTIONS[field];
    if (named !== undefined) return this.find('POST', PREFIX + named);
    const makers = this.routes.filter(
      ({ method, answer, path }) => method === 'POST' && answer === 'created' && !path.split('/').some(isParameter),
    );
    if (field === 'parentId') {
      const around = makers.filter(({ path }) => `${from}/`.startsWith(`${path}/`));
      return around.toSorted((a, b) => b.path.length - a.path.length)[0];
    }
    const fitting = makers.filter(({ path }) => path.endsWith(`/${field.replace(/Ids?$/, '')}s`));
    return fitting.find(({ path }) => from.startsWith(path.slice(0, path.lastIndexOf('/')))) ?? fitting[0];
  }

  private find(method: string, path: string): Route | undefined {
    return this.routes.find((route) => route.method === method && route.path === path);
  }
}

function bodySchema(route: Route): { type: string; schema: Schema } | undefined {
  const [described] = Object.entries(operationOf(route).requestBody?.content ?? {});
  return described && { type: described[0], schema: described[1].schema ?? {} };
}

const isList = (schema: Schema): boolean => plain(schema).type === 'array';

/** The names of the fields that hold ids, wherever they are. */
function idFields(schema: Schema, depth = DEPTH): string[] {
  const shape = plain(schema);
  if (depth === 0) return [];
  if (shape.items) return idFields(shape.items, depth - 1);
  return Object.entries(shape.properties ?? {}).flatMap(([field, inner]) =>
    idSchema(inner) ? [field] : idFields(inner, depth - 1),
  );
}

const leadsTo = (wanted: string, field: string, schema: Schema): boolean =>
  field === wanted || idFields(schema).includes(wanted);

function formOf(schema: Schema, body: object): FormData {
  const form = new FormData();
  for (const [name, value] of Object.entries(body)) {
    const file = isFile(plain(schema).properties?.[name] ?? {});
    if (file) form.append(name, new Blob([value as Uint8Array<ArrayBuffer>], { type: 'image/png' }), 'pixel.png');
    else form.append(name, String(value));
  }
  return form;
}
