/** What keys do. */
export interface Controls {
  /** What the plant is told by the key, and what is shown of it. */
  keys: Readonly<Record<string, { title: string; press: () => void }>>;
  end: () => void;
}

export interface Screen {
  start(): void;
  stop(): void;
}
