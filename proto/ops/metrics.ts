/** Numbers of a daemon as Prometheus reads them. Every series exists from the start, with its label's closed list of values: nothing that comes from
 * elsewhere ever makes a new one. */

import type { Registry } from 'prom-client';
import type { LabelledMetric, Metric, PlainMetric } from './metric.ts';
import { processMetrics } from './process-metrics.ts';

type Prometheus = typeof import('prom-client');

/** Besides the metrics given: the version, and what this process takes. prom-client is loaded here, not with the contract.
 * @returns renders the text format 0.0.4 */
export async function metricsText(
  metrics: readonly Metric[],
  o: { role: string; version: string },
): Promise<() => Promise<string>> {
  const prom = await import('prom-client').then((module) => module.default);
  const register = new prom.Registry();
  const info = { name: 'hookbench_build_info', help: 'Always 1; the labels say what runs.' };
  new prom.Gauge({ ...info, labelNames: ['role', 'version'], registers: [register] }).set(o, 1);
  for (const metric of [...metrics, ...processMetrics()]) add(prom, register, metric);
  return () => register.metrics();
}

function add(prom: Prometheus, register: Registry, metric: Metric): void {
  const common = { name: metric.name, help: metric.help, registers: [register] };
  if (metric.kind === 'histogram') {
    const { buckets, take } = metric;
    new prom.Histogram({
      ...common,
      buckets: [...buckets],
      collect() {
        for (const value of take()) this.observe(value);
      },
    });
    return;
  }
  const labelled = { ...common, labelNames: 'label' in metric ? [metric.label] : [] };
  if (metric.kind === 'counter')
    new prom.Counter({
      ...labelled,
      // the number is kept where it is counted; a counter of prom-client can only be moved from 0
      collect() {
        this.reset();
        for (const { labels, value } of readings(metric)) this.inc(labels, value);
      },
    });
  else
    new prom.Gauge({
      ...labelled,
      collect() {
        for (const { labels, value } of readings(metric)) this.set(labels, value);
      },
    });
}

function readings(metric: PlainMetric | LabelledMetric): { labels: Record<string, string>; value: number }[] {
  if (!('label' in metric)) return [{ labels: {}, value: metric.read() }];
  return metric.values.map((value) => ({ labels: { [metric.label]: value }, value: metric.read(value) }));
}
