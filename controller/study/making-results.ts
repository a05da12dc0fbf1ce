/** What a study says of itself while it is measured no more and its results are not there yet. */
export const MAKING_RESULTS = 'making the results';
