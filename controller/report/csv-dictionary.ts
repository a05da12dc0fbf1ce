/** What each column of the CSV is: one entry per column, in the file's order. A test holds it against the file. */

export interface ColumnMeaning {
  readonly column: string;
  /** ns, count, share (0 to 1), text …; '' where the column has no unit */
  readonly unit: string;
  readonly meaning: string;
}

type Entry = readonly [column: string, unit: string, meaning: string];

const PLACE: readonly Entry[] = [
  ['study', 'text', 'id of the study'],
  ['aa', 'true or false', 'true: the row is none against none (A/A), the instrument measured against itself'],
  ['sut', 'text', 'the system under test'],
  ['condition', 'text', 'where the two ends ran: process, netns, docker, pod, nodes, or the name of an import'],
  ['node', 'text', 'the node it was measured on'],
  [
    'vantage',
    'text',
    'where the clock stands: client (round trip), caller (around read), interposer, kernel; only equal ones compare',
  ],
  ['design', 'text', 'alternated, sliced or sequential: how the arms were interleaved'],
  ['baseline', 'text', 'mechanism without the hook, always none'],
  ['treated', 'text', 'mechanism with the hook'],
  ['verdict', 'text', 'overhead, no-detectable-difference, equivalent, implausible or invalid'],
  ['no_estimate_because', 'text', 'why the shifts are empty; empty where they are not'],
];

const INFERENCE: readonly Entry[] = [
  ...interval('shift_p50', 'shift of the median, with hook − without; mean over the units of inference'),
  ...interval('shift_mean', 'shift of the mean'),
  ...interval('shift_p99', 'shift of the 99th percentile'),
  ['confidence', 'share', 'confidence of every interval of the row, e.g. 0.95'],
  ['blocks', 'count', 'randomised blocks in which both arms ran, all forks together'],
  ['forks', 'count', 'process starts in which both arms ran; of sequential arms the runs'],
  ['p', 'probability', 'two-sided p of the median shift against 0, not corrected'],
  ['p_holm', 'probability', "p after Holm's correction over the study's comparisons; the verdict rests on it"],
  ...interval('shift_p50_hit', 'shift of the median of requests with a keyword'),
  ...interval('shift_p50_no_hit', 'shift of the median of requests without a keyword'),
  ['minimum_detectable_ns', 'ns', 'smallest true median shift that would be found 4 times in 5'],
  [
    'required_samples',
    'count',
    'samples per arm for the shift seen to be found 4 times in 5; empty where it is 0 or unknown',
  ],
  ['baseline_n', 'count', 'samples of the baseline that were analysed'],
  ['treated_n', 'count', 'samples with the hook that were analysed'],
  ['warmup_dropped', 'count', 'samples of both arms cut off as warm-up'],
];

const POOLED: readonly Entry[] = [
  ['pooled_mean_shift_ns', 'ns', 'difference of the arms’ means over all samples; the verdict does not use it'],
  ['pooled_median_shift_ns', 'ns', 'difference of the arms’ medians over all samples; the verdict does not use it'],
  ['student_t', '', 'Student’s t over all samples as if they were independent, as the paper has it'],
  ['student_df', '', 'its degrees of freedom'],
  ['student_p', 'probability', 'its two-sided p'],
  ['student_log10_p', '', 'log10 of that p, finite also where p underflows to 0'],
  ['student_pooled_sd_ns', 'ns', 'its pooled standard deviation'],
  ['welch_t', '', 'Welch’s t over all samples'],
  ['welch_df', '', 'its degrees of freedom'],
  ['welch_p', 'probability', 'its two-sided p'],
  ['welch_log10_p', '', 'log10 of that p'],
  ['mann_whitney_u', '', 'Mann–Whitney’s U of the treated arm over all samples'],
  ['mann_whitney_p', 'probability', 'its two-sided p'],
  ['mann_whitney_log10_p', '', 'log10 of that p'],
  ['cohens_d', '', 'difference of the means in pooled standard deviations'],
  [
    'cliffs_delta',
    '−1 to 1',
    'share of pairs in which the treated sample is larger, less those in which it is smaller',
  ],
  ['flags', 'text', 'codes of what weakens the row, with blanks between them'],
  ['sentence', 'text', 'the row in one sentence'],
  ['timed', 'text', 'all requests, or requests without a keyword (action block)'],
];

const DISTRIBUTION: readonly Entry[] = [
  ['ks_d', 'share', 'Kolmogorov–Smirnov’s D over all samples'],
  ['ks_p', 'probability', 'its p, as if samples were independent'],
  ['ks_log10_p', '', 'log10 of that p'],
  ['baseline_effective_n', 'count', 'independent samples that the baseline’s correlated ones are worth, for the mean'],
  ['treated_effective_n', 'count', 'the same of the arm with the hook'],
  ...interval('hodges_lehmann', 'centre of the units’ median shifts by ranks'),
];

const PLACES: readonly Entry[] = [
  [
    'pooled_nodes',
    'count',
    'nodes that the pooled shift rests on; empty, as the next seven, where one node measured it',
  ],
  ['pooled_shift_p50_ns', 'ns', 'median shift over all nodes (random effects)'],
  ['pooled_shift_p50_low_ns', 'ns', 'lower end of its interval'],
  ['pooled_shift_p50_high_ns', 'ns', 'upper end of its interval'],
  ['pooled_p_holm', 'probability', 'its p after Holm over the pooled rows'],
  ['pooled_q_p', 'probability', 'p of Cochran’s Q: do the nodes agree?'],
  ['pooled_i_squared', 'share', 'share of the variation that is between nodes'],
  ['pooled_tau_ns', 'ns', 'standard deviation of the true shift from node to node'],
  ['interval_share_node', 'share', 'share of the interval’s squared width that comes from node to node'],
  ['interval_share_fork', 'share', 'the same from fork to fork'],
  ['interval_share_block', 'share', 'the same from block to block'],
  ['interval_share_request', 'share', 'the same from request to request'],
  [
    'add',
    'text',
    'what there should be more of to narrow the interval for the least: nodes, forks, blocks or requests',
  ],
];

const PARTS: readonly Entry[] = [
  ['reads_per_request', 'count', 'reads of one request that the hook saw; empty where they were not counted'],
  [
    'own_by',
    'text',
    'what timed the hook’s own work: interposer, bpf-statistics or work-clock; empty where nothing did',
  ],
  ...interval('own', 'of the shift of the median: the hook’s own work; empty where it is not known, as the next three'),
  ...interval('dispatch', 'the way into the hook and back'),
  ...interval('call', 'both together'),
  ...interval('rest', 'what is left of the shift: caches, scheduling, queueing; none at the caller’s clock'),
  ...interval(
    'beyond_own',
    'the way into the hook and the rest together: known also where the two can’t be told apart',
  ),
  ...interval('bystander', 'what the attached mechanism adds to a read of a process that it does not watch'),
];

export const CSV_DICTIONARY: readonly ColumnMeaning[] = [
  ...PLACE,
  ...INFERENCE,
  ...statistics('baseline', 'without the hook'),
  ...statistics('treated', 'with the hook'),
  ...POOLED,
  ...DISTRIBUTION,
  ...PLACES,
  ...PARTS,
].map(([column, unit, meaning]) => ({ column, unit, meaning }));

/** of `--format traces` and traces.csv */
export const TRACES_DICTIONARY: readonly ColumnMeaning[] = (
  [
    ['study', 'text', 'id of the study'],
    ['node', 'text', 'the node it was seen on'],
    ['sut', 'text', 'the system under test'],
    ['condition', 'text', 'where the two ends ran'],
    ['mechanism', 'text', 'the mechanism that reported the match'],
    ['design', 'text', 'alternated or sliced'],
    ['phase', 'text', 'warmup or measure'],
    ['fork', 'count from 0', 'process start'],
    ['block', 'count from 0', 'randomised block within the fork'],
    ['step', 'count from 0', 'step of the fork’s plan'],
    ['at_ns', 'ns', 'when: CLOCK_MONOTONIC of the node'],
    ['pid', '', 'process that read'],
    ['fd', '', 'descriptor it read from'],
    [
      'keyword_index',
      'count from 0',
      'position in the keyword list; empty where the mechanism can’t tell which it was',
    ],
    ['keyword', 'text', 'the keyword; empty where it is not known which'],
  ] satisfies readonly Entry[]
).map(([column, unit, meaning]) => ({ column, unit, meaning }));

function interval(name: string, meaning: string): readonly Entry[] {
  return [
    [`${name}_ns`, 'ns', meaning],
    [`${name}_low_ns`, 'ns', 'lower end of its interval'],
    [`${name}_high_ns`, 'ns', 'upper end of its interval'],
  ];
}

function statistics(arm: string, which: string): readonly Entry[] {
  return [
    [`${arm}_mean_ns`, 'ns', `mean latency ${which}`],
    [`${arm}_sd_ns`, 'ns', 'standard deviation (n − 1)'],
    [`${arm}_min_ns`, 'ns', 'smallest'],
    ...[25, 50, 75, 95, 99].map((q): Entry => [`${arm}_p${q}_ns`, 'ns', `${q}th percentile (Hyndman–Fan type 7)`]),
    [`${arm}_p999_ns`, 'ns', '99.9th percentile'],
    [`${arm}_max_ns`, 'ns', 'largest'],
    [`${arm}_tukey_low_ns`, 'ns', 'furthest sample within 1.5 interquartile ranges below the box'],
    [`${arm}_tukey_high_ns`, 'ns', 'furthest sample within 1.5 interquartile ranges above the box'],
    [`${arm}_tukey_outliers`, 'count', 'samples beyond these two'],
    [`${arm}_lag1`, '−1 to 1', 'correlation of neighbouring samples'],
  ];
}
