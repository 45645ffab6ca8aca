import { InOrder } from './in-order';

it('lets everything take effect in the order of its beginning', () => {
  const order = new InOrder();
  const seen: number[] = [];
  const places = [0, 1, 2, 3].map(() => order.begin());
  const end = (index: number): void => order.end(places[index]!, () => seen.push(index));
  end(2);
  end(1);
  expect(seen).toEqual([]);
  end(0);
  expect(seen).toEqual([0, 1, 2]);
  end(3);
  places.push(order.begin());
  end(4);
  expect(seen).toEqual([0, 1, 2, 3, 4]);
});
