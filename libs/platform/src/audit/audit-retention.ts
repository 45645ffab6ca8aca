/** How long organizations want their part of the trail kept. Implemented by the organizations area. */
export abstract class AuditRetention {
  /** Days by organization, of all there are. */
  abstract days(): Promise<ReadonlyMap<string, number>>;
}
