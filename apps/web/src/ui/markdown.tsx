import { useMemo } from 'preact/hooks';
import { parseMarkdown, type Block, type Inline } from './markdown-blocks';

/** Notes as somebody wrote them. */
export function Markdown({ source }: { source: string }) {
  const blocks = useMemo(() => parseMarkdown(source), [source]);
  return <div class="prose">{blocks.map(drawBlock)}</div>;
}

function drawBlock(block: Block) {
  switch (block.kind) {
    case 'heading':
      return block.level === 1 ? (
        <h3>{block.parts.map(drawInline)}</h3>
      ) : block.level === 2 ? (
        <h4>{block.parts.map(drawInline)}</h4>
      ) : (
        <h5>{block.parts.map(drawInline)}</h5>
      );
    case 'list': {
      const items = block.items.map((item) => <li>{item.map(drawInline)}</li>);
      return block.ordered ? <ol>{items}</ol> : <ul>{items}</ul>;
    }
    case 'code':
      return (
        <pre>
          <code>{block.text}</code>
        </pre>
      );
    case 'rule':
      return <hr />;
    case 'paragraph':
      return <p>{block.parts.map(drawInline)}</p>;
  }
}

function drawInline(part: Inline) {
  switch (part.kind) {
    case 'text':
      return part.text;
    case 'code':
      return <code>{part.text}</code>;
    case 'strong':
      return <strong>{part.parts.map(drawInline)}</strong>;
    case 'em':
      return <em>{part.parts.map(drawInline)}</em>;
    case 'link':
      return (
        <a href={part.href} rel="noreferrer">
          {part.parts.map(drawInline)}
        </a>
      );
  }
}
