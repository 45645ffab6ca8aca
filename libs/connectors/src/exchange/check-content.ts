import type { FieldProblem, JsonValue } from '#kernel';
import {
  judgeContent,
  judgeNamed,
  namesOfPath,
  pathProblem,
  type CheckedContent,
  type PortableContent,
} from '#platform/dependencies';
import { placeOf } from '#platform/json-schema';
import type { Connection } from '../connections/connection.entity';
import { CreateConnection } from '../connections/dto/connection.dto';
import type { ConnectionFunction } from '../functions/connection-function.entity';
import { CreateFunction } from '../functions/dto/function.dto';
import { functionProblems } from '../functions/function-rules';
import { declared } from '../functions/parameters';
import type { JsonObject, KnownProtocol, ProtocolRegistry } from '../protocols';
import { missingSecrets } from './missing-secrets';

/** Where the config stands in the content of a connection. */
export const IN_CONTENT = '/config';

export const connectionContent = (
  connection: Pick<Connection, 'description' | 'protocol' | 'config' | 'labels' | 'enabled'>,
): PortableContent => ({
  description: connection.description,
  protocol: connection.protocol,
  config: connection.config,
  labels: connection.labels,
  enabled: connection.enabled,
});

export const functionContent = (fn: Pick<ConnectionFunction, 'type' | 'config' | 'parameters'>): PortableContent => ({
  type: fn.type,
  config: fn.config,
  parameters: fn.parameters as unknown as JsonValue,
});

/** Judges a connection that came in by itself. Secrets that stand in it in clear become masks. Throws nothing. */
export function checkConnection(protocols: ProtocolRegistry, name: string, content: PortableContent): CheckedContent {
  const refused = (...problems: FieldProblem[]): CheckedContent => ({ content, secrets: [], problems });
  const { input, problems } = judgeNamed(CreateConnection, name, content);
  if (problems.length > 0) return refused(...problems);
  const protocol = protocols.find(input.protocol);
  if (!protocol) return refused({ field: 'protocol', message: `Protocol ${input.protocol} is not known` });
  const { config, secrets } = protocol.secretFields.split(input.config);
  const judged = judgeMasked(protocol, config);
  if (judged.problems.length > 0) return refused(...judged.problems);
  const { description = null, labels = {}, enabled = true } = input;
  return {
    content: connectionContent({ description, protocol: input.protocol, config, labels: labels ?? {}, enabled }),
    secrets: [...secrets.keys(), ...judged.missing].map((place) => IN_CONTENT + place),
    problems: [],
  };
}

/** What is wrong with a config beside its secrets, which are not known, and which of these it could not be without. */
function judgeMasked(protocol: KnownProtocol, config: JsonObject): { missing: string[]; problems: FieldProblem[] } {
  const { secretFields } = protocol;
  const problemsOf = (masked: JsonObject): FieldProblem[] => {
    const secret = new Set([...secretFields.split(masked).secrets.keys()].map(placeOf));
    return protocol.configProblems(masked).filter(({ field }) => !secret.has(field));
  };
  const missing = missingSecrets({ secretFields, configProblems: problemsOf }, config);
  const problems = problemsOf(secretFields.withMasks(config, missing));
  return {
    missing,
    problems: problems.map(({ field, message }) => ({ field: field ? `config.${field}` : 'config', message })),
  };
}

/** Judges a function that came in by itself; whether its connection speaks its type is seen when it is made. Throws nothing. */
export function checkFunction(protocols: ProtocolRegistry, path: string, content: PortableContent): CheckedContent {
  const refused = (...problems: FieldProblem[]): CheckedContent => ({ content, secrets: [], problems });
  const [, name, ...more] = namesOfPath(path);
  if (name === undefined || more.length > 0) {
    return refused({ field: 'name', message: 'Name must be that of the connection, / and that of the function' });
  }
  const problem = pathProblem(path);
  if (problem !== undefined) return refused({ field: 'name', message: problem });
  const { input, problems } = judgeContent(CreateFunction, name, content);
  if (problems.length > 0) return refused(...problems);
  const type = protocols.functionType(input.type);
  if (!type) return refused({ field: 'type', message: `Type ${input.type} is none of any protocol` });
  const parameters = declared(input.parameters ?? []);
  const unsound = functionProblems(type, input.config, parameters);
  if (unsound.length > 0) return refused(...unsound);
  return {
    content: functionContent({ type: input.type, config: input.config, parameters }),
    secrets: [],
    problems: [],
  };
}
