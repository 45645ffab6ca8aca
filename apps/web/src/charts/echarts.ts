/* As much of ECharts as is used. Loaded when the first chart is drawn. */
import { BarChart, LineChart } from 'echarts/charts';
import { GridComponent, MarkLineComponent, TooltipComponent } from 'echarts/components';
import * as echarts from 'echarts/core';
import { CanvasRenderer } from 'echarts/renderers';

echarts.use([LineChart, BarChart, GridComponent, TooltipComponent, MarkLineComponent, CanvasRenderer]);

export const createChart = (element: HTMLElement) => echarts.init(element, null, { renderer: 'canvas' });

export type Chart = ReturnType<typeof createChart>;
