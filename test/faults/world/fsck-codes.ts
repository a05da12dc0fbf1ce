/** Findings of fsck about segments: a firehose measures nothing of its plan, so what fsck says of that is no news. */

export const OF_SEGMENTS: readonly string[] = [
  ...['torn-tail', 'damaged-frame', 'bad-record', 'double-record', 'foreign-record', 'not-a-segment'],
  ...['missing-records', 'gap'],
];
