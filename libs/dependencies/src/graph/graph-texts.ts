import { createHash } from 'node:crypto';
import { gzip } from 'node:zlib';
import { GraphJson } from './graph-json';
import type { Subgraph } from './subgraph';
import type { Identities } from './views';

/** What was seen of a graph, as it is told. */
export interface GraphText {
  /** The same for the same answer. */
  tag: string;
  json: () => Buffer;
  gzip: () => Buffer | undefined;
}

interface Written {
  tag: string;
  text: Buffer;
  /** Whether it is compressed, or about to be. */
  isPacking: boolean;
  packed?: Buffer;
}

/** Bytes from which a text is compressed for those who ask for it again. */
const LARGE = 64 * 1024;

/** The texts of graphs as they were last told: to write one takes longer than everything else about it. */
export class GraphTexts {
  private readonly last = new WeakMap<object, Written>();
  private readonly tags = new WeakMap<Subgraph, { ids: Identities; tag: string }>();
  private readonly json = new GraphJson();

  /** @param of what remembers the text for as long as it is remembered itself */
  of(organizationId: string, of: object, seen: Subgraph, ids: Identities): GraphText {
    const tag = this.tagOf(organizationId, seen, ids);
    return {
      tag,
      json: () => {
        const known = this.last.get(of);
        if (known?.tag === tag) {
          pack(known);
          return known.text;
        }
        const written: Written = { tag, text: this.json.write(seen, ids), isPacking: false };
        this.last.set(of, written);
        return written.text;
      },
      gzip: () => {
        const known = this.last.get(of);
        return known?.tag === tag ? known.packed : undefined;
      },
    };
  }

  /**
   * What there is at paths changes without the graph's knowing, so it counts beside the revision. All organizations have the
   * same address, and two of them soon the same revision: what a browser has kept of one must not pass for the other.
   */
  private tagOf(organizationId: string, seen: Subgraph, ids: Identities): string {
    const known = this.tags.get(seen);
    if (known?.ids === ids) return known.tag;
    const hash = createHash('sha256').update(`${organizationId} ${seen.revision}`);
    if (ids.size > 0) hash.update(seen.nodes.map(({ key }) => ids.get(key) ?? '').join());
    const tag = hash.digest('base64url').slice(0, 22);
    this.tags.set(seen, { ids, tag });
    return tag;
  }
}

/** Once; beside everything else, in a thread: whoever asked for the text is not kept waiting for it. */
function pack(written: Written): void {
  if (written.isPacking || written.text.length < LARGE) return;
  written.isPacking = true;
  // Whole graphs say the same things again and again: even the fastest way makes a tenth of them.
  gzip(written.text, { level: 1 }, (_, packed) => {
    if (packed) written.packed = packed;
  });
}
