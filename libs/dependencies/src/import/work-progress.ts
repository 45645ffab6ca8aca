/** How far a piece of work is, in entities. */
export class WorkProgress {
  done = 0;
  /** Of what there is to do; 0 while that is not known. */
  total = 0;

  readonly add = (count: number): void => {
    this.done += count;
  };
}
