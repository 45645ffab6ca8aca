/** Something of the plant that others connect to. It can go away and come back under the same address. */
export interface Machine {
  /** @throws Error when its port cannot be had. */
  start(): Promise<void>;
  /** Closes at once, whoever is connected. */
  stop(): Promise<void>;
}
