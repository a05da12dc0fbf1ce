#!/usr/bin/env node
// Starts main.ts: from the bundle that `npm run build` made of these very sources, or from the sources through tsx.
import { fileURLToPath, pathToFileURL } from 'node:url';
import { freshEntry } from './bundle-manifest.js';

const entry = freshEntry(fileURLToPath(new URL('../../build/cli', import.meta.url)), 'cli');
if (entry === null) {
  const { register } = await import('tsx/esm/api');
  register();
  await import('./main.ts');
} else {
  await import(pathToFileURL(entry).href);
}
