import '@mantine/charts/styles.css';
import { BarChart } from '@mantine/charts';
import type { Overview } from '../api/client.ts';
import { bucketText, ticksOf, tickText } from './axis.ts';
import { OUTCOMES } from './outcomes.ts';
import type { Range } from './range.ts';

interface DeliveriesChartProps {
  overview: Pick<Overview, 'buckets' | 'stepSeconds'>;
  range: Range;
  /** A bucket was chosen. @param at its beginning */
  onChoose(at: string): void;
}

/** Deliveries by when they were made, a stack of outcomes for each step of time. */
export default function DeliveriesChart({
  overview: { buckets, stepSeconds },
  range,
  onChoose,
}: DeliveriesChartProps) {
  return (
    <BarChart
      h={240}
      data={buckets}
      dataKey="at"
      type="stacked"
      series={OUTCOMES.map(({ name, label, color }) => ({ name, label, color: `${color}.6` }))}
      tickLine="none"
      strokeDasharray="2 4"
      // By its name; otherwise only the first line and the last are drawn.
      gridProps={{ yAxisId: 'left' }}
      xAxisProps={{
        ticks: ticksOf(buckets, range),
        tickFormatter: (at: string) => tickText(at, range),
        minTickGap: 16,
      }}
      yAxisProps={{ allowDecimals: false, width: 46 }}
      tooltipProps={{
        // Asked for while nothing is pointed at, too.
        labelFormatter: (at) => (typeof at === 'string' && at !== '' ? bucketText(at, stepSeconds) : ''),
      }}
      tooltipAnimationDuration={0}
      valueFormatter={(value) => value.toLocaleString('en')}
      barProps={{ isAnimationActive: false, maxBarSize: 28 }}
      barChartProps={{
        accessibilityLayer: false,
        margin: { top: 8 },
        barCategoryGap: '12%',
        onClick: ({ activeLabel }) => activeLabel !== undefined && onChoose(String(activeLabel)),
      }}
      aria-hidden
      className="deliveries-chart"
    />
  );
}
