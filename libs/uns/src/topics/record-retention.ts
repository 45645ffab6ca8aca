/** How long organizations keep the records of their namespace. Given by whoever puts the platform together. */
export abstract class RecordRetention {
  /** In days. */
  abstract daysOf(organizationId: string): Promise<number>;
}
