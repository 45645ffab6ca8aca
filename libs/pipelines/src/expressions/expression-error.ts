/** An expression cannot be read. `offset` counts characters from the start of the text it stands in. */
export class ExpressionError extends Error {
  override readonly name = 'ExpressionError';

  constructor(
    message: string,
    readonly offset: number,
  ) {
    super(message);
  }
}
