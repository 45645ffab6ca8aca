/** Keeps the demo from starting, and says what to do about it: no stack is needed. */
export class StartError extends Error {}
