import { outsideModules } from './outside-modules';

describe('modules from outside', () => {
  it.each([
    [
      './extensions/none-of-that-name.js',
      /^wrong settings:\n {2}HUB_MODULES: .*none-of-that-name\.js cannot be loaded: /,
    ],
    ['node:path', /node:path has no Nest module as its default export$/],
  ])('are refused by their name: %s', (name, message) => {
    expect(() => outsideModules([name])).toThrow(message);
  });
});
