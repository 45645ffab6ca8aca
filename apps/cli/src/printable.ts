/** What would move the cursor of a terminal, colour it, or turn what follows: files and names may come from anybody. */
const UNPRINTABLE = /(?![\t\n])[\p{Cc}\u202a-\u202e\u2066-\u2069]/gu;

export const printable = (text: string): string =>
  text.replace(UNPRINTABLE, (one) => `\\u${one.charCodeAt(0).toString(16).padStart(4, '0')}`);
