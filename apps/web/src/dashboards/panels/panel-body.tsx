import type { Panel, PanelData } from '../../api/types';
import { TimeChart } from '../../charts/time-chart';
import { Markdown } from '../../ui/markdown';
import { Empty } from '../../ui/states';
import type { Span } from '../time-range';
import { GaugePanel } from './gauge';
import { StatPanel } from './stat';
import { StateTimeline } from './state-timeline';
import { TablePanel } from './table';

interface PanelBodyProps {
  panel: Panel;
  /** Nothing yet: it is being read. */
  data: PanelData | undefined;
  span: Span;
  onZoom: (span: Span) => void;
}

/** What a panel shows. */
export function PanelBody({ panel, data, span, onZoom }: PanelBodyProps) {
  const { type, options, queries } = panel;
  if (type === 'text') return <Markdown source={options.text ?? ''} />;
  if (queries.length === 0) return <Empty title="No query yet" />;
  if (!data) return <div class="shimmer" role="status" aria-label="Loading" />;
  const problem = data.problem ?? data.series.find((one) => one.problem !== undefined)?.problem;
  const series = data.series.filter(({ points }) => points.length > 0);
  if (series.length === 0) {
    return problem === undefined ? (
      <Empty title="No values in this time" />
    ) : (
      <Empty title={problem}>
        <p class="soft">Nothing to show for this query.</p>
      </Empty>
    );
  }
  switch (type) {
    case 'line':
    case 'area':
    case 'bar':
      return (
        <TimeChart kind={type} label={panel.title} series={series} options={options} span={span} onZoom={onZoom} />
      );
    case 'stat':
      return <StatPanel series={series} options={options} />;
    case 'gauge':
      return <GaugePanel series={series} options={options} />;
    case 'table':
      return <TablePanel series={series} options={options} />;
    case 'state-timeline':
      return <StateTimeline series={series} options={options} span={span} />;
  }
}
