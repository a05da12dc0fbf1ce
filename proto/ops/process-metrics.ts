/** What a daemon takes of its machine, under the names that Prometheus clients have for it, and how late its event loop is. */

import { readdirSync } from 'node:fs';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import type { Metric } from './metric.ts';

/** ms between looks at the event loop: often enough to see a stall, too seldom to disturb a measurement */
const LOOK_MS = 50;
const QUANTILES = ['0.5', '0.99', '1'] as const;
const NS_PER_S = 1e9;
const US_PER_S = 1e6;

export function processMetrics(): Metric[] {
  const startedS = Math.round(Date.now() / 1000 - process.uptime());
  const counter = (name: string, help: string, read: () => number): Metric => ({ kind: 'counter', name, help, read });
  const gauge = (name: string, help: string, read: () => number): Metric => ({ kind: 'gauge', name, help, read });
  const cpuS = () => {
    const { user, system } = process.cpuUsage();
    return (user + system) / US_PER_S;
  };
  return [
    counter('process_cpu_seconds_total', 'CPU time used, in user mode and in the kernel.', cpuS),
    gauge('process_resident_memory_bytes', 'Memory that is resident.', () => process.memoryUsage.rss()),
    gauge('process_heap_bytes', "Memory of JavaScript's heap.", () => process.memoryUsage().heapTotal),
    gauge('process_open_fds', 'Open file descriptors.', openFds),
    gauge('process_start_time_seconds', 'When it was started, in seconds since 1970.', () => startedS),
    loopDelay(),
  ];
}

/** Since the last look. A timer that is due every 50 ms comes after 50 ms when there is no delay. */
function loopDelay(): Metric {
  const monitor = monitorEventLoopDelay({ resolution: LOOK_MS });
  monitor.enable();
  return {
    ...{ kind: 'gauge', name: 'hookbench_event_loop_delay_seconds', label: 'quantile', values: QUANTILES },
    help: 'How late the event loop was since the last scrape.',
    read: (quantile) => {
      const ns = monitor.count === 0 ? 0 : monitor.percentile(Number(quantile) * 100);
      if (quantile === '1') monitor.reset();
      return Math.max(0, ns - LOOK_MS * 1e6) / NS_PER_S;
    },
  };
}

function openFds(): number {
  try {
    return readdirSync('/proc/self/fd').length;
  } catch {
    return 0;
  }
}
