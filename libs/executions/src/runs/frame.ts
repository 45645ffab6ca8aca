import type { JsonValue } from '#kernel';

/** What can be named in one iteration of a loop, or outside of all loops. */
export class Frame {
  private readonly outputs = new Map<string, JsonValue>();

  constructor(
    private readonly parent: Frame | undefined,
    /** `3.0`: first of the inner loop in the fourth of the outer one; empty outside. */
    readonly iteration: string,
    /** When all that led here was kept, epoch milliseconds. */
    readonly clock: number,
    readonly item?: JsonValue,
    readonly index?: number,
  ) {}

  /** The frame of one item of a loop that begins in this one. */
  inner(index: number, item: JsonValue, clock: number): Frame {
    return new Frame(this, this.iteration ? `${this.iteration}.${index}` : String(index), clock, item, index);
  }

  set(nodeName: string, output: JsonValue): void {
    this.outputs.set(nodeName, output);
  }

  /** Outputs by the names of their nodes: those that are asked for, or all. */
  named(names: ReadonlySet<string> | undefined): Record<string, JsonValue> {
    const found: Record<string, JsonValue> = names ? {} : (this.parent?.named(names) ?? {});
    if (!names) for (const [name, output] of this.outputs) define(found, name, output);
    else for (const name of names) if (this.has(name)) define(found, name, this.find(name)!);
    return found;
  }

  private has(name: string): boolean {
    return this.outputs.has(name) || (this.parent?.has(name) ?? false);
  }

  private find(name: string): JsonValue | undefined {
    return this.outputs.has(name) ? this.outputs.get(name) : this.parent?.find(name);
  }
}

/** A node may be called `__proto__`. */
function define(object: Record<string, JsonValue>, name: string, value: JsonValue): void {
  if (name === '__proto__') Object.defineProperty(object, name, { value, enumerable: true });
  else object[name] = value;
}
