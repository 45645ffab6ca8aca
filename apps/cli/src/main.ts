import { CliError } from './cli-error';
import { printable } from './printable';
import { program } from './program';

// What is written is for this user alone: keys of an embedded database, and secrets that files name.
process.umask(0o077);

program(process.env)
  .parseAsync()
  .catch((error: unknown) => {
    const text = error instanceof Error ? error.message : String(error);
    process.stderr.write(`maestrohub: ${printable(text)}\n`);
    // Whatever was begun and not ended must not keep the command.
    process.exit(error instanceof CliError ? error.exitCode : 1);
  });
