/** What is done to the packets between the two namespaces, in either direction: by the kernel's netem and tbf, through tc. */

import { BenchError } from '#proto';
import { type SupportAnswer, supported, unsupported } from '../../host/support.ts';
import type { ConditionOption } from '../condition.ts';
import { joinNamespaces, type Shape } from './pair.ts';

const TIME = /^\d{1,6}(\.\d{1,6})?(us|ms)$/;
const SHARE = /^\d{1,2}(\.\d{1,6})?%$/;
const RATE = /^\d{1,6}(kbit|mbit|gbit)$/;

export const SHAPE_OPTIONS: readonly ConditionOption[] = [
  option('delay', TIME, 'a time each way such as 1ms, and the kernel’s netem (CONFIG_NET_SCH_NETEM)'),
  option('jitter', TIME, 'a time such as 100us, and the kernel’s netem (CONFIG_NET_SCH_NETEM)'),
  option('loss', SHARE, 'a share of packets such as 0.1%, and the kernel’s netem (CONFIG_NET_SCH_NETEM)'),
  option('rate', RATE, 'a rate such as 100mbit, and the kernel’s tbf (CONFIG_NET_SCH_TBF)'),
];

export function shapeOf(options: ReadonlyMap<string, string>): Shape {
  const [delay, jitter, loss] = ['delay', 'jitter', 'loss'].map((key) => options.get(key));
  const late =
    delay === undefined && jitter === undefined ? [] : ['delay', delay ?? '0ms', ...(jitter ? [jitter] : [])];
  return {
    netem: [...late, ...(loss === undefined ? [] : ['loss', loss])].join(' '),
    rate: options.get('rate') ?? '',
  };
}

function option(key: string, pattern: RegExp, needs: string): ConditionOption {
  const example = key === 'rate' ? '100mbit' : key === 'loss' ? '1%' : '1ms';
  return { key, pattern, needs, probe: () => tried(needs, shapeOf(new Map([[key, example]]))) };
}

async function tried(needs: string, shape: Shape): Promise<SupportAnswer> {
  try {
    const pair = await joinNamespaces(shape);
    pair.close();
    return supported(needs, 'tc took it');
  } catch (error) {
    const said = error instanceof BenchError ? error.detail.split('\n').at(-1) : String(error);
    return unsupported(needs, `it was refused: ${said}`);
  }
}
