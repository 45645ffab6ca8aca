/*
 * Lints texts as if they stood in files of the repository: JSON {path: text} on stdin, {path: [rule]} on stdout.
 * A process of its own, since ESLint's configuration is an ES module and Jest's sandbox would have to load it.
 */
const { ESLint } = require('eslint');
const { text } = require('node:stream/consumers');

async function main() {
  const eslint = new ESLint({ cwd: `${__dirname}/../..` });
  const found = {};
  for (const [filePath, content] of Object.entries(JSON.parse(await text(process.stdin)))) {
    const [{ messages }] = await eslint.lintText(content, { filePath });
    found[filePath] = messages.map(({ line, ruleId, message }) => `${line} ${ruleId ?? message}`);
  }
  process.stdout.write(JSON.stringify(found));
}

void main();
