/** An agent on a host of its own (a network namespace), with mutual TLS: its link is taken down and up, made slow and lossy. */

import { join } from 'node:path';
import type { Random } from '../../helpers/random.ts';
import { between, type RoundOptions, type Scenario, sleep } from '../scenario.ts';
import { Certificates } from '../world/certificates.ts';
import { Controller } from '../world/controller.ts';
import { FirehoseProcess } from '../world/firehose.ts';
import { Link } from '../world/link.ts';
import { finishAlone } from '../world/lone-firehose.ts';

const AGENT = 'firehose-1';

export const link: Scenario = {
  name: 'link',
  about: 'a veth link taken down and up, delayed and lossy, under mutual TLS',
  needs: ['netns'],
  weight: 8,
  run: async (o) => {
    const wire = new Link(o.world);
    const made = await Certificates.make(join(o.dir, 'certificates'), wire.host);
    const results = join(o.dir, 'results');
    const controller = new Controller(o.world, { dir: join(o.dir, 'controller'), results, tls: made.tls });
    await controller.start();
    const firehose = new FirehoseProcess(o.world, o.dir, {
      ...{ controller: controller.address, agentId: AGENT, tokenFile: null, seed: o.seed, wrap: wire.wrap },
      ...{ tlsDir: await made.folder('agent', AGENT), recordsPerSecond: 30, samplesPerRecord: 100 },
    });
    await controller.connected([{ agentId: AGENT }]);
    const study = await controller.study();
    await firehose.assigned(study.studyId);
    for (let i = 0; i < (o.brief ? 2 : 8); i++) await inject(wire, o, o.brief ? i % 2 === 0 : o.random.uniform() < 0.5);
    await finishAlone(study, { runs: [firehose], round: o.round, after: 'finish' });
  },
};

async function inject(wire: Link, { random, round, brief }: RoundOptions, down: boolean): Promise<void> {
  await sleep(between(random, 50, 300));
  const forMs = between(random, 100, brief ? 800 : 2500);
  if (down) {
    round.inject('link-down', `for ${forMs} ms`);
    wire.down();
    await sleep(forMs);
    wire.up();
    return;
  }
  round.inject('delay-and-loss', `${wire.impair(impairment(random))} for ${forMs} ms`);
  await sleep(forMs);
  wire.repair();
}

function impairment(random: Random): { delayMs: number; lossPercent: number } {
  return { delayMs: between(random, 5, 80), lossPercent: between(random, 1, 20) };
}
