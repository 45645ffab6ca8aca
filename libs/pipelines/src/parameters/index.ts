export { CompiledParameters, compileParameters } from './compile-parameters';
export { mentionsOf, parameterProblems, unreadable, type ParameterProblem } from './parameter-problems';
export { isObject } from './places';
export { renameMentions } from './rename-mentions';
export { mapReferences, referencesOf, strangeReferences, type ParameterReference } from './references';
export { mapSecrets, missingSecrets, wrongSecrets } from './secrets';
