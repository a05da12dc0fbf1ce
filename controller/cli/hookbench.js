#!/usr/bin/env node
// Loads the TypeScript sources through tsx; everything else is in main.ts.
import { register } from 'tsx/esm/api';

register();
await import('./main.ts');
