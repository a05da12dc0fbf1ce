/** The only public door of study files. */

export { type GateSection, gateOf, type Overlaid, overlay } from './options.ts';
export { readStudyFile } from './read.ts';
export { KNOWN_KEYS, STUDY_SCHEMA, type StudyFile, schemaText } from './schema.ts';
export { template } from './template.ts';
