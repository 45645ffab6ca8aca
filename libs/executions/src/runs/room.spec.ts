import { Room } from './room';

describe('a room', () => {
  it('takes so many, and the next when one leaves, in their order', async () => {
    const room = new Room(2);
    const entered: number[] = [];
    const come = async (number: number): Promise<void> => {
      await room.enter();
      entered.push(number);
    };
    const all = [1, 2, 3, 4].map(come);
    await Promise.all(all.slice(0, 2));
    expect(entered).toEqual([1, 2]);
    room.leave();
    await all[2];
    expect(entered).toEqual([1, 2, 3]);
    room.leave();
    await all[3];
    expect(entered).toEqual([1, 2, 3, 4]);
    room.leave();
    room.leave();
    await come(5);
    expect(entered).toHaveLength(5);
  });
});
