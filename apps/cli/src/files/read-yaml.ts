import { Composer, isAlias, isMap, isScalar, Lexer, LineCounter, Parser } from 'yaml';
import type { Alias, CST, Document, ParsedNode, Scalar, YAMLMap } from 'yaml';
import { MAX_JSON_DEPTH, type JsonValue } from '#kernel';
import { CliError } from '../cli-error';

/** Words, marks and blanks of one file: while it is read, each takes a few hundred bytes. */
const MOST_LEXEMES = 1_000_000;
/** Characters of a message, which may quote the file. */
const LONGEST_MESSAGE = 300;
/** A whole number of more digits than a double has. */
const MANY_DIGITS = /^[-+]?\d{16,}$/;

/**
 * The value in a text of YAML 1.2 (core schema), or of JSON, which is a part of it. What could be read in more than one
 * way, or is more than data, is refused: names that stand twice, anchors and aliases, merges, tags, directives, a second
 * document, numbers that would lose digits.
 * @throws CliError `<file>:<line>:<column>: …`
 */
export const readYaml = (file: string, text: string): JsonValue => new YamlReader(file, text).read();

class YamlReader {
  private readonly lines = new LineCounter();

  constructor(
    private readonly file: string,
    private readonly text: string,
  ) {}

  read(): JsonValue {
    const [document, second] = this.documents();
    const error = document?.errors[0];
    if (error?.code === 'NON_STRING_KEY') throw this.problem(error.pos[0], 'names must be texts');
    if (error) throw this.problem(error.pos[0], `this cannot be read: ${error.message}`);
    if (!document?.contents) throw this.problem(0, 'nothing is in it');
    if (second) throw this.problem(second.range[0], 'a second document begins: write it into a file of its own');
    return this.valueOf(document.contents);
  }

  private documents(): Iterable<Document.Parsed> {
    // Names that stand twice are looked for below: the library compares each with each.
    const options = { schema: 'core', stringKeys: true, uniqueKeys: false, prettyErrors: false } as const;
    return new Composer(options).compose(this.tokens());
  }

  /** The library composes nested nodes by recursion, so that it gets none that are too deep. */
  private *tokens(): Generator<CST.Token> {
    const parser = new Parser(this.lines.addNewLine);
    this.lines.addNewLine(0);
    let lexemes = 0;
    for (const lexeme of new Lexer().lex(this.text)) {
      for (const token of parser.next(lexeme)) {
        if (token.type === 'error') throw this.problem(token.offset, `this cannot be read: ${token.message}`);
        if (token.type === 'directive') throw this.problem(token.offset, 'directives (%) are not read: leave them out');
        yield token;
      }
      if (parser.stack.length > MAX_JSON_DEPTH) {
        throw this.problem(parser.offset, `this is nested deeper than ${MAX_JSON_DEPTH} levels`);
      }
      if (++lexemes > MOST_LEXEMES) throw this.problem(parser.offset, 'too many values in one file');
    }
    yield* parser.end();
  }

  private valueOf(node: ParsedNode | null): JsonValue {
    if (node === null) return null;
    this.requireData(node);
    if (isScalar(node)) return this.scalarOf(node);
    if (isMap(node)) return this.membersOf(node);
    return node.items.map((item) => this.valueOf(item));
  }

  private requireData(node: ParsedNode): asserts node is Exclude<ParsedNode, Alias.Parsed> {
    const [at] = node.range;
    if (isAlias(node)) throw this.problem(at, `aliases are not read: write out what *${node.source} is, or quote it`);
    if (node.anchor) throw this.problem(at, `anchors are not read: leave out &${node.anchor}, or quote it`);
    if (node.tag) throw this.problem(at, `tags are not read: leave out ${node.tag}, or quote it`);
  }

  private membersOf(map: YAMLMap.Parsed): JsonValue {
    const members = new Map<string, JsonValue>();
    for (const { key, value } of map.items) {
      this.requireData(key);
      const { value: name, type, range } = key as Scalar.Parsed & { value: string };
      if (name === '<<' && type === 'PLAIN') throw this.problem(range[0], 'merges (<<) are not read: write them out');
      if (members.has(name)) throw this.problem(range[0], `${JSON.stringify(name)} stands twice here: leave one out`);
      members.set(name, this.valueOf(value));
    }
    return Object.fromEntries(members);
  }

  private scalarOf({ value, source, range }: Scalar.Parsed): JsonValue {
    if (typeof value !== 'number') return value as string | boolean | null;
    const loses = MANY_DIGITS.test(source) && String(value) !== source;
    if (Number.isFinite(value) && !loses) return value;
    const why = loses ? 'has more digits than a number keeps' : 'is no number of JSON';
    throw this.problem(range[0], `${source} ${why}: quote it if it is a text`);
  }

  private problem(offset: number, message: string): CliError {
    const { line, col } = this.lines.linePos(offset);
    return new CliError(`${this.file}:${line}:${col}: ${message.slice(0, LONGEST_MESSAGE)}`);
  }
}
