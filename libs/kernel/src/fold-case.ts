/**
 * A name as PostgreSQL's `lower` tells it from others: letter by letter, each becoming one letter whatever stands beside
 * it. JavaScript alone takes two Greek names for one that the database has side by side.
 */
export const foldCase = (name: string): string => Array.from(name, lowerOf).join('');

const lowerOf = (letter: string): string => String.fromCodePoint(letter.toLowerCase().codePointAt(0)!);
