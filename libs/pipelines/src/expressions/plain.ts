import type { AnyNode, MemberExpression, ObjectExpression, TemplateLiteral } from 'acorn';
import type { JsonValue } from '#kernel';
import { isVariable, type Scope } from './variables';

/** Only JavaScript itself knows what this gives: a method, an error, objects as operands, very long texts. */
export const NOT_PLAIN = Symbol('not plain');

/** An expression of paths, literals and operators, ready to be computed without an interpreter. */
export type Plain = (scope: Scope) => JsonValue | undefined | typeof NOT_PLAIN;

/** One computation. */
interface Frame {
  scope: Scope;
  /** Objects and arrays that literals of the expression made; all others are parts of the scope. */
  made: Set<object>;
}

type Compute = (frame: Frame) => unknown;

/** An optional step found nothing: the chain it stands in ends. */
const NOTHING_THERE = Symbol('nothing there');

/** Deeper ones are left to the interpreter, as are longer texts: nothing here takes long, whatever is written. */
const DEEPEST = 200;
const LONGEST_OPERAND = 10_000;
const LONGEST_RESULT = 1_000_000;

/** Undefined for an expression that has more in it than this. */
export function compilePlain(tree: AnyNode): Plain | undefined {
  const compute = compile(tree, 0);
  return compute && ((scope) => resultOf(compute, { scope, made: new Set() }));
}

const CONSTANTS: Readonly<Record<string, number | undefined>> = { undefined, NaN, Infinity };

function compile(tree: AnyNode, depth: number): Compute | undefined {
  if (depth > DEEPEST) return undefined;
  const inner = (...parts: AnyNode[]) => allOf(parts.map((part) => compile(part, depth + 1)));
  switch (tree.type) {
    case 'Literal': {
      const { value } = tree;
      return isPrimitive(value) && typeof value !== 'bigint' ? () => value : undefined;
    }
    case 'Identifier': {
      const { name } = tree;
      if (isVariable(name)) return ({ scope }) => dataOf(scope[name]);
      return Object.hasOwn(CONSTANTS, name) ? () => CONSTANTS[name] : undefined;
    }
    case 'ParenthesizedExpression':
      return compile(tree.expression, depth + 1);
    case 'ChainExpression':
      return with1(inner(tree.expression), (value) => (value === NOTHING_THERE ? undefined : value));
    case 'MemberExpression':
      return member(tree, depth);
    case 'UnaryExpression':
      return Object.hasOwn(UNARY, tree.operator) ? with1(inner(tree.argument), UNARY[tree.operator]!) : undefined;
    case 'BinaryExpression':
      return Object.hasOwn(BINARY, tree.operator)
        ? with2(inner(tree.left, tree.right), BINARY[tree.operator]!)
        : undefined;
    case 'LogicalExpression':
      return logical(inner(tree.left, tree.right), LOGICAL[tree.operator]);
    case 'ConditionalExpression':
      return choice(inner(tree.test, tree.consequent, tree.alternate));
    case 'TemplateLiteral':
      return template(tree, inner(...tree.expressions));
    case 'ArrayExpression':
      return array(inner(...(tree.elements as AnyNode[]).map((element) => element ?? tree)));
    case 'ObjectExpression':
      return object(tree, depth);
    default:
      return undefined;
  }
}

/** Undefined when one of them is. */
function allOf(parts: readonly (Compute | undefined)[]): Compute[] | undefined {
  return parts.every((part) => part !== undefined) ? [...parts] : undefined;
}

function with1(parts: Compute[] | undefined, work: (value: unknown) => unknown): Compute | undefined {
  const [part] = parts ?? [];
  if (!part) return undefined;
  return (frame) => {
    const value = part(frame);
    return value === NOT_PLAIN ? NOT_PLAIN : work(value);
  };
}

function with2(parts: Compute[] | undefined, work: (a: unknown, b: unknown) => unknown): Compute | undefined {
  if (!parts) return undefined;
  const [left, right] = parts as [Compute, Compute];
  return (frame) => {
    const [a, b] = [left(frame), right(frame)];
    return a === NOT_PLAIN || b === NOT_PLAIN ? NOT_PLAIN : work(a, b);
  };
}

function choice(parts: Compute[] | undefined): Compute | undefined {
  if (!parts) return undefined;
  const [test, yes, no] = parts as [Compute, Compute, Compute];
  return (frame) => {
    const value = test(frame);
    if (value === NOT_PLAIN) return NOT_PLAIN;
    return value ? yes(frame) : no(frame);
  };
}

function logical(parts: Compute[] | undefined, isResult: (left: unknown) => boolean): Compute | undefined {
  if (!parts) return undefined;
  const [left, right] = parts as [Compute, Compute];
  return (frame) => {
    const value = left(frame);
    return value === NOT_PLAIN || isResult(value) ? value : right(frame);
  };
}

/** By which values the left side is the result. */
const LOGICAL: Readonly<Record<'&&' | '||' | '??', (value: unknown) => boolean>> = {
  '&&': (value) => !value,
  '||': Boolean,
  '??': (value) => value !== null && value !== undefined,
};

/** Neither an object nor so long that working on it takes long. */
const isOperand = (value: unknown): value is string | number | boolean | null | undefined =>
  isPrimitive(value) && !(typeof value === 'string' && value.length > LONGEST_OPERAND);

const isPrimitive = (value: unknown) => (typeof value !== 'object' && typeof value !== 'function') || value === null;

const UNARY: Readonly<Record<string, (value: unknown) => unknown>> = {
  '-': (value) => (isOperand(value) ? -(value as number) : NOT_PLAIN),
  '+': (value) => (isOperand(value) ? Number(value) : NOT_PLAIN),
  '!': (value) => !value,
  typeof: (value) => typeof value,
};

/** Of operands; the types are those that TypeScript lets them have. */
const operator =
  (work: (a: number, b: number) => unknown) =>
  (a: unknown, b: unknown): unknown =>
    isOperand(a) && isOperand(b) ? work(a as number, b as number) : NOT_PLAIN;

/** Which of two objects are the same one, only the interpreter knows: it works on copies. */
const equality =
  (work: (a: unknown, b: unknown) => boolean) =>
  (a: unknown, b: unknown): unknown => {
    const either = a === null || a === undefined || b === null || b === undefined;
    return either || (isOperand(a) && isOperand(b)) ? work(a, b) : NOT_PLAIN;
  };

/** Without `**`, whose last digit is not the same everywhere. */
const BINARY: Readonly<Record<string, (a: unknown, b: unknown) => unknown>> = {
  '+': operator((a, b) => a + b),
  '-': operator((a, b) => a - b),
  '*': operator((a, b) => a * b),
  '/': operator((a, b) => a / b),
  '%': operator((a, b) => a % b),
  '<': operator((a, b) => a < b),
  '<=': operator((a, b) => a <= b),
  '>': operator((a, b) => a > b),
  '>=': operator((a, b) => a >= b),
  '===': equality((a, b) => a === b),
  '!==': equality((a, b) => a !== b),
  // What users wrote.
  '==': equality((a, b) => a == b), // eslint-disable-line eqeqeq
  '!=': equality((a, b) => a != b), // eslint-disable-line eqeqeq
};

function member({ object, property, computed, optional }: MemberExpression, depth: number): Compute | undefined {
  const base = compile(object, depth + 1);
  const name = !computed && property.type === 'Identifier' ? property.name : undefined;
  const key: Compute | undefined = name === undefined ? compile(property, depth + 1) : () => name;
  if (!base || !key || (!computed && name === undefined)) return undefined;
  return (frame) => {
    const value = base(frame);
    if (value === NOT_PLAIN || value === NOTHING_THERE) return value;
    if (value === null || value === undefined) return optional ? NOTHING_THERE : NOT_PLAIN;
    const step = key(frame);
    return step !== NOT_PLAIN && isOperand(step) ? stepInto(value, String(step)) : NOT_PLAIN;
  };
}

function stepInto(value: object, key: string): unknown {
  const object = Object(value) as Record<string, unknown>;
  // Of a text: its length and its characters; its methods are no data.
  if (!Object.hasOwn(object, key)) return key in object ? NOT_PLAIN : undefined;
  const found = object[key];
  return found === undefined ? NOT_PLAIN : dataOf(found);
}

/** As values are that come as JSON. Others cannot be told from those that the expression itself made. */
const dataOf = (value: unknown): unknown =>
  typeof value === 'number' && (!Number.isFinite(value) || Object.is(value, -0)) ? NOT_PLAIN : value;

function template({ quasis }: TemplateLiteral, parts: Compute[] | undefined): Compute | undefined {
  if (!parts) return undefined;
  const texts = quasis.map(({ value }) => value.cooked ?? '');
  return (frame) => {
    let text = texts[0]!;
    for (const [index, part] of parts.entries()) {
      const value = part(frame);
      if (value === NOT_PLAIN || !isOperand(value) || text.length > LONGEST_RESULT) return NOT_PLAIN;
      text += String(value) + texts[index + 1]!;
    }
    return text;
  };
}

function array(parts: Compute[] | undefined): Compute | undefined {
  return parts && ((frame) => made(frame, valuesOf(parts, frame)));
}

function object({ properties }: ObjectExpression, depth: number): Compute | undefined {
  const keys: string[] = [];
  const parts: (Compute | undefined)[] = [];
  for (const property of properties) {
    if (property.type !== 'Property' || property.computed || property.kind !== 'init') return undefined;
    const { key, value, shorthand } = property;
    const name = key.type === 'Identifier' ? key.name : key.type === 'Literal' ? key.value : undefined;
    if (typeof name !== 'string' && typeof name !== 'number') return undefined;
    // That one sets the prototype.
    if (name === '__proto__' && !shorthand) return undefined;
    keys.push(String(name));
    parts.push(compile(value, depth + 1));
  }
  const all = allOf(parts);
  return (
    all &&
    ((frame) => {
      const values = valuesOf(all, frame);
      return values === NOT_PLAIN ? NOT_PLAIN : made(frame, Object.fromEntries(keys.map((key, i) => [key, values[i]])));
    })
  );
}

function valuesOf(parts: readonly Compute[], frame: Frame): unknown[] | typeof NOT_PLAIN {
  const values = parts.map((part) => part(frame));
  return values.includes(NOT_PLAIN) ? NOT_PLAIN : values;
}

function made<T extends object>({ made: all }: Frame, value: T | typeof NOT_PLAIN): T | typeof NOT_PLAIN {
  if (value !== NOT_PLAIN) all.add(value);
  return value;
}

/** The result as JSON has it. */
function resultOf(compute: Compute, frame: Frame): JsonValue | undefined | typeof NOT_PLAIN {
  const value = compute(frame);
  if (value === NOT_PLAIN || typeof value !== 'object' || value === null || !frame.made.has(value)) {
    return asJson(value) as JsonValue;
  }
  // One part of the scope adds no more than is there; texts and more parts, written again and again, may be anything.
  const left = { characters: LONGEST_RESULT, parts: 1 };
  const copy = copyOf(value, frame.made, left);
  return left.characters < 0 || left.parts < 0 ? NOT_PLAIN : (copy as JsonValue);
}

function copyOf(value: unknown, own: ReadonlySet<object>, left: { characters: number; parts: number }): unknown {
  if (typeof value === 'string') left.characters -= value.length;
  if (typeof value !== 'object' || value === null) return asJson(value);
  if (!own.has(value)) {
    left.parts--;
    return value;
  }
  if (Array.isArray(value)) return value.map((element) => copyOf(element, own, left) ?? null);
  const members = Object.entries(value).filter(([, part]) => part !== undefined);
  return Object.fromEntries(members.map(([key, part]) => [key, copyOf(part, own, left)]));
}

/** Numbers that JSON has no word for are null there, and zero has no sign. */
function asJson(value: unknown): unknown {
  if (typeof value !== 'number') return value;
  return Number.isFinite(value) ? value + 0 : null;
}
