import { ReadBudget } from './read-ahead';

/** More than any broker may read ahead. */
const PLENTY = 100_000;

function spend(budget: ReadBudget): number {
  for (let messages = 0; messages < PLENTY; messages++) {
    if (budget.isSpent) return messages;
    budget.begin();
  }
  throw new Error('the budget is never spent');
}

describe('ReadBudget', () => {
  it('wakes everybody who waits, once, when half of what was read ahead is done', () => {
    const budget = new ReadBudget();
    const messages = spend(budget);
    const resume = jest.fn();
    budget.whenRoom(resume);
    for (let done = 0; done < messages / 2 - 1; done++) budget.end();
    expect(resume).not.toHaveBeenCalled();
    expect(budget.isSpent).toBe(false);
    for (let done = 0; done < 10; done++) budget.end();
    expect(resume).toHaveBeenCalledTimes(1);
  });

  it('lets who finds it spent again wait again', () => {
    const budget = new ReadBudget();
    const messages = spend(budget);
    const resume = jest.fn(() => {
      if (resume.mock.calls.length === 1) budget.whenRoom(resume);
    });
    budget.whenRoom(resume);
    for (let done = 0; done < messages; done++) budget.end();
    expect(resume).toHaveBeenCalledTimes(2);
  });
});
