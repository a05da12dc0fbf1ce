/** How it was measured, how to do it again, how to cite it. */

import type { NodeFacts, Results } from '../../analysis/results.ts';
import { actionText } from '../actions.ts';
import { formatBytes, formatCount, formatInstant, formatMany } from '../format.ts';
import { type Insertable, type Markup, markup } from './markup.ts';

export function methodSections(results: Results): Markup {
  const { study } = results;
  const plan: readonly (readonly [string, Insertable])[] = [
    ['Study', study.id],
    ['Started', formatInstant(study.startedAt)],
    ['Finished', `${formatInstant(study.finishedAt)}, ${study.status}`],
    ['Systems under test', study.suts.join(', ')],
    ['Mechanisms', study.mechanisms.join(', ')],
    ['Conditions', study.conditions.join(', ')],
    [
      'Action of the hook',
      `${actionText(study)}, in front of ${study.functions.join(', ')}, ${formatCount(study.keywords)} keywords`,
    ],
    ['Requests per arm', formatCount(study.requestsPerArm)],
    ['Warm-up', study.warmup === null ? 'found for each SUT' : `${formatCount(study.warmup)} requests`],
    [
      'Plan',
      `${formatMany(study.forks, 'fork')}, ${formatMany(study.blocks, 'block')}, order drawn from seed ${study.seed}`,
    ],
    ['hookbench', study.hookbenchVersion],
  ];
  return markup`<section aria-labelledby="method"><h2 id="method">How it was measured</h2><h3>Plan</h3>${facts(plan)}${results.nodes.map(nodePart)}
<h3>Do it again</h3><p>The same seed gives the same order.</p><pre class="command" tabindex="0"><code>${study.command}</code></pre></section>
<section aria-labelledby="cite"><h2 id="cite">Cite</h2><p>${citationText(results)}</p><p>The data and method of this study, for BibTeX:</p><pre tabindex="0"><code>${studyCitation(results)}</code></pre><p>The paper it follows: Mario Kahlhofer, Patrick Kern, Sören Henning and Stefan Rass. Benchmarking Function Hook Latency in Cloud-Native Environments. 14th Symposium on Software Performance (SSP), 2023. arXiv:2310.12702.</p><pre tabindex="0"><code>${PAPER}</code></pre></section>
<footer><p>hookbench ${study.hookbenchVersion} · study ${study.id} · no script, nothing loaded from elsewhere</p></footer>`;
}

function nodePart(node: NodeFacts): Markup {
  return markup`<h3>Node ${node.hostname}</h3>${facts([
    ['CPU', `${node.cpu}, ${formatMany(node.cores, 'core')}`],
    ['Memory', formatBytes(node.memoryBytes)],
    ['Virtualisation', node.virtualization],
    ['Kernel', node.kernel],
    ['System', node.os],
    ['C library', node.libc],
    ['Node.js', node.node],
    ['Java', node.java],
    ['bpftrace', node.bpftrace],
    ['Load generator', node.load],
    ['Pinning', node.pinning],
  ])}`;
}

function facts(rows: readonly (readonly [string, Insertable])[]): Markup {
  return markup`<dl class="method">${rows.map(([name, value]) => markup`<div><dt>${name}</dt><dd>${value === '' ? 'n/a (not found)' : value}</dd></div>`)}</dl>`;
}

function citationText({ study, nodes }: Results): string {
  const machines = nodes.map((n) => `${n.cpu}, Linux ${n.kernel}`).join('; ');
  return `hookbench ${study.hookbenchVersion}, study ${study.id} (seed ${study.seed}, ${formatCount(study.requestsPerArm)} requests per arm, ${formatMany(study.forks, 'fork')}), ${formatInstant(study.startedAt).slice(0, 10)}${machines === '' ? '' : `, on ${machines}`}.`;
}

function studyCitation(results: Results): string {
  const { study } = results;
  const year = Number.isFinite(Date.parse(study.startedAt)) ? new Date(study.startedAt).getUTCFullYear() : 'n.d.';
  return `@misc{hookbench-${study.id.replace(/[^\w-]+/g, '-')},
  title        = {hookbench study ${bibtex(study.id)}},
  howpublished = {hookbench ${bibtex(study.hookbenchVersion)}, seed ${study.seed}, ${study.requestsPerArm} requests per arm},
  note         = {${bibtex(results.nodes.map((n) => `${n.cpu}, Linux ${n.kernel}`).join('; '))}},
  year         = {${year}}
}`;
}

function bibtex(text: string): string {
  return text.replace(/[{}\\]/g, '').replace(/([%#&_$])/g, '\\$1');
}

const PAPER = `@inproceedings{kahlhofer2023hook,
  title     = {Benchmarking Function Hook Latency in Cloud-Native Environments},
  author    = {Kahlhofer, Mario and Kern, Patrick and Henning, S{\\"o}ren and Rass, Stefan},
  booktitle = {14th Symposium on Software Performance (SSP)},
  year      = {2023},
  eprint    = {2310.12702},
  archivePrefix = {arXiv}
}`;
