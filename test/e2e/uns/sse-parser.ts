import type { StreamEvent } from './event-stream';

/** Server-sent events as the HTML standard tells them apart, as far as ours use it. */
export function createParser(take: (event: StreamEvent) => void): (text: string) => void {
  let rest = '';
  return (text) => {
    const blocks = (rest + text).split('\n\n');
    rest = blocks.pop()!;
    for (const block of blocks) {
      const fields = new Map(block.split('\n').map((line) => line.split(/: (.*)/, 2) as [string, string]));
      if (fields.has('event')) {
        take({ id: fields.get('id') ?? '', event: fields.get('event')!, data: JSON.parse(fields.get('data')!) });
      }
    }
  };
}
