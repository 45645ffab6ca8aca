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

export interface Expression {
  source: string;
  /** Where it stands in its text. */
  offset: number;
  variables: ReadonlySet<Variable>;
  /** Nodes whose outputs it names. */
  nodes: readonly NodeMention[];
  /** It uses `$node` in other ways too, and so may need any of them. */
  anyNode: boolean;
  /** Computes it without an interpreter, where nothing in it needs one. */
  plain: Plain | undefined;
}

const TOO_DEEP = 'Expression is nested too deeply';

/** Blanks and comments. */
const BLANK = /^(?:\s|\/\*[^]*?\*\/)*/;

/** Reads the expression that begins at the offset and ends before `}}`. @throws ExpressionError */
export function readExpression(text: string, offset: number): { expression: Expression; end: number } {
  const tree = parse(text, offset);
  const rest = BLANK.exec(text.slice(tree.end))![0].length + tree.end;
  if (!text.startsWith('}}', rest)) {
    throw new ExpressionError(rest === text.length ? 'Missing }}' : 'Unexpected text before }}', rest);
  }
  const end = rest + 2;
  return { expression: described(tree, text), end };
}

function described(tree: Tree, text: string): Expression {
  try {
    return describe(tree, text, tree.start);
  } catch (error) {
    if (error instanceof RangeError) throw new ExpressionError(TOO_DEEP, tree.start);
    throw error;
  }
}

function parse(text: string, offset: number): Tree {
  try {
    return parseExpressionAt(text, offset, { ecmaVersion: 2023, preserveParens: true });
  } catch (error) {
    if (error instanceof RangeError) throw new ExpressionError(TOO_DEEP, offset);
    const { message, pos } = error as SyntaxError & { pos?: number };
    throw new ExpressionError(message.replace(/ \(\d+:\d+\)$/, ''), pos ?? offset);
  }
}

function describe(tree: Tree, text: string, offset: number): Expression {
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
  const source = text.slice(tree.start, tree.end);
  return { source, offset, variables, nodes, anyNode, plain: compilePlain(tree) };
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
