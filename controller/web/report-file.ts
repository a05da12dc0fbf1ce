/** A stored report.html as the server gives it out: in a sandbox of its own, where only what stands in the file itself applies. */

import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Refusal } from './refuse.ts';
import type { Answer } from './respond.ts';

/** @throws Refusal 404 */
export async function reportAnswer(folder: string): Promise<Answer> {
  const body = await readFile(join(folder, 'report.html')).catch(() => null);
  if (body === null) throw new Refusal(404, 'this study has no report', 'hookbench analyze DIR makes it');
  return { type: 'html', body, headers: { 'content-security-policy': policyFor(body.toString('utf8')) } };
}

/** A folder may come from somebody else: whatever is in its report runs with no origin, and can neither load nor send anything. */
function policyFor(html: string): string {
  return [
    'sandbox allow-scripts allow-downloads',
    "default-src 'none'",
    `script-src ${hashes(html, 'script')}`,
    `style-src ${hashes(html, 'style')}`,
    'img-src data:',
    'font-src data:',
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
  ].join('; ');
}

function hashes(html: string, tag: 'script' | 'style'): string {
  const blocks = [...html.matchAll(new RegExp(`<${tag}\\b[^>]*>([\\s\\S]*?)</${tag}>`, 'g'))];
  const found = blocks.map(([, text = '']) => `'sha256-${createHash('sha256').update(text).digest('base64')}'`);
  return found.length === 0 ? "'none'" : [...new Set(found)].join(' ');
}
