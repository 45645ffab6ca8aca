const LINE_END = 0x0a;

/** Bytes in pieces of about that size, each of them whole lines: of COPY's text format, in which a line is a row. */
export async function* inPieces(chunks: AsyncIterable<Buffer>, size: number): AsyncGenerator<Buffer> {
  let gathered: Buffer[] = [];
  let length = 0;
  for await (const chunk of chunks) {
    gathered.push(chunk);
    length += chunk.length;
    if (length < size) continue;
    const all = Buffer.concat(gathered);
    const end = all.lastIndexOf(LINE_END) + 1;
    if (end > 0) yield all.subarray(0, end);
    gathered = [all.subarray(end)];
    length = all.length - end;
  }
  if (length > 0) yield Buffer.concat(gathered);
}
