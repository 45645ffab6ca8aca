import { parseExpressionAt, type AnyNode, type Expression as Tree } from 'acorn';
import { ancestor } from 'acorn-walk';
import { ExpressionError } from './expression-error';
import { compilePlain, type Plain } from './plain';
import { isVariable, type Variable } from './variables';

/** Where an expression mentions a node: `["Name"]` of `$node["Name"]`, `.Name` of `$node.Name`. */
export interface NodeMention {
  name: string;
  /** The range in the text. */
  start: number;
  end: number;
  optional: boolean;
}

/** What a piece of JavaScript names. */
export interface Mentions {
  variables: ReadonlySet<Variable>;
  /** Nodes whose outputs it names. */
  nodes: readonly NodeMention[];
  /** It uses `$node` in other ways too, and so may need any of them. */
  anyNode: boolean;
}

export interface Expression extends Mentions {
  source: string;
  /** Where it stands in its text. */
  offset: number;
  /** Computes it without an interpreter, where nothing in it needs one. */
  plain: Plain | undefined;
}

/** What the sandbox runs. */
export const ECMA_VERSION = 2023;

/** An expression in parentheses ends with the last of them. */
const OPTIONS = { ecmaVersion: ECMA_VERSION, allowAwaitOutsideFunction: false, preserveParens: true } as const;

const TOO_DEEP = 'Expression is nested too deeply';

/** Blanks and comments. */
const BLANK = /^(?:\s|\/\*[^]*?\*\/)*/;

/** Reads the expression that begins at the offset and ends before `}}`. @throws ExpressionError */
export function readExpression(text: string, offset: number): { expression: Expression; end: number } {
  const tree = readTree(text, offset);
  const rest = afterBlank(text, tree.end);
  if (!text.startsWith('}}', rest)) {
    throw new ExpressionError(rest === text.length ? 'Missing }}' : 'Unexpected text before }}', rest);
  }
  return { expression: describe(tree, text), end: rest + 2 };
}

/** Reads a text that is an expression from its beginning to its end. @throws ExpressionError */
export function readWholeExpression(text: string): Expression {
  const tree = readTree(text, 0);
  const rest = afterBlank(text, tree.end);
  if (rest < text.length) throw new ExpressionError('Unexpected text after the expression', rest);
  return describe(tree, text);
}

const afterBlank = (text: string, position: number): number => BLANK.exec(text.slice(position))![0].length + position;

/** @throws ExpressionError */
export function readTree(text: string, offset: number): Tree {
  try {
    return parseExpressionAt(text, offset, OPTIONS);
  } catch (error) {
    throw toExpressionError(error, offset);
  }
}

export function toExpressionError(error: unknown, offset: number): ExpressionError {
  if (error instanceof RangeError) return new ExpressionError(TOO_DEEP, offset);
  const { message, pos } = error as SyntaxError & { pos?: number };
  return new ExpressionError(message.replace(/ \(\d+:\d+\)$/, ''), pos ?? offset);
}

/** @throws ExpressionError for a tree too deep to be walked. */
function describe(tree: Tree, text: string): Expression {
  const source = text.slice(tree.start, tree.end);
  try {
    return { source, offset: tree.start, ...mentionsIn(tree), plain: compilePlain(tree) };
  } catch (error) {
    throw toExpressionError(error, tree.start);
  }
}

export function mentionsIn(tree: AnyNode): Mentions {
  const variables = new Set<Variable>();
  const nodes: NodeMention[] = [];
  let anyNode = false;
  ancestor(tree, {
    Identifier({ name }, _state, ancestors) {
      if (!isVariable(name)) return;
      variables.add(name);
      if (name !== '$node') return;
      const mention = mentionOf(ancestors.at(-2), ancestors.at(-1));
      if (mention) nodes.push(mention);
      else anyNode = true;
    },
  });
  return { variables, nodes, anyNode };
}

function mentionOf(parent: AnyNode | undefined, self: AnyNode | undefined): NodeMention | undefined {
  if (parent?.type !== 'MemberExpression' || parent.object !== self) return undefined;
  const name = keyOf(parent.property, parent.computed);
  if (name === undefined) return undefined;
  return { name, start: parent.object.end, end: parent.end, optional: parent.optional };
}

function keyOf(property: AnyNode, computed: boolean): string | undefined {
  if (!computed) return property.type === 'Identifier' ? property.name : undefined;
  return property.type === 'Literal' && typeof property.value === 'string' ? property.value : undefined;
}
