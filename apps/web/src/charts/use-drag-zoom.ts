import { useEffect, useState } from 'preact/hooks';
import type { Span } from '../dashboards/time-range';
import type { Chart } from './echarts';

interface Box {
  left: number;
  width: number;
}

/** Less is a click, not a choice. */
const LEAST_PIXELS = 8;

/** The part of a chart that is being chosen with the mouse; fingers scroll. */
export function useDragZoom(chart: Chart | undefined, onZoom: ((span: Span) => void) | undefined): Box | undefined {
  const [box, setBox] = useState<Box>();
  useEffect(() => {
    if (!chart || !onZoom) return;
    const element = chart.getDom();
    let start: number | undefined;
    const at = (event: PointerEvent): number => event.clientX - element.getBoundingClientRect().left;
    const boxTo = (end: number): Box => ({ left: Math.min(start!, end), width: Math.abs(end - start!) });
    const time = (x: number): number => chart.convertFromPixel({ xAxisIndex: 0 }, x);

    const down = (event: PointerEvent): void => {
      if (event.pointerType === 'mouse' && event.button === 0) start = at(event);
    };
    const move = (event: PointerEvent): void => {
      if (start !== undefined) setBox(boxTo(at(event)));
    };
    const up = (event: PointerEvent): void => {
      if (start === undefined) return;
      const { left, width } = boxTo(at(event));
      start = undefined;
      setBox(undefined);
      if (width >= LEAST_PIXELS) onZoom({ from: Math.round(time(left)), to: Math.round(time(left + width)) });
    };
    element.addEventListener('pointerdown', down);
    window.addEventListener('pointermove', move);
    window.addEventListener('pointerup', up);
    return () => {
      element.removeEventListener('pointerdown', down);
      window.removeEventListener('pointermove', move);
      window.removeEventListener('pointerup', up);
    };
  }, [chart, onZoom]);
  return box;
}
