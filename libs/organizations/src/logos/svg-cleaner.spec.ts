import { SvgCleaner } from './svg-cleaner';

const DRAWING = '<svg xmlns="http://www.w3.org/2000/svg"/>';

it('SvgCleaner counts no time in which a thread starts or others have their turn', async () => {
  const cleaner = new SvgCleaner();
  jest.useFakeTimers({ doNotFake: ['nextTick', 'queueMicrotask', 'setImmediate', 'performance'] });
  try {
    const cleaned = [1, 2, 3].map(() => cleaner.clean(DRAWING));
    jest.advanceTimersByTime(3_600_000);
    expect(await Promise.all(cleaned)).toEqual([DRAWING, DRAWING, DRAWING]);
  } finally {
    jest.useRealTimers();
    await cleaner.onModuleDestroy();
  }
});
