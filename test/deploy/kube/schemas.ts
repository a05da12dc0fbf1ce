/** The Kubernetes schemas of npm. Of 1.20 there are none: taken for it are those of 1.19.2 (kubernetes-models 1.0.1), from which 1.20 took nothing
 * away that is used here, and these are read strictly, as kubectl does: a field that they do not have is a mistake or is newer. Current ones are
 * of 1.33 (kubernetes-models 4.5.1). */

import { createRequire } from 'node:module';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

export interface Manifest {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: { readonly name: string; readonly namespace?: string };
  readonly [key: string]: unknown;
}

interface Schema {
  readonly $ref?: string;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly additionalProperties?: Schema | boolean;
  readonly items?: Schema;
}

type Model = new (data: Manifest) => { validate(): void };

const load = createRequire(import.meta.url);
const OLD = fileURLToPath(new URL('../../../node_modules/kubernetes-models-1.19', import.meta.url));

/** @returns what 1.20 would refuse or does not know */
export function problemsIn120(manifest: Manifest): string[] {
  const model = modelIn('kubernetes-models-1.19', manifest);
  if (model === null) return [`there is no ${manifest.kind} in ${manifest.apiVersion}`];
  return [...refusals(model, manifest), ...unknownFields(manifest, schemaOf(idOf(manifest)), '')];
}

/** @returns what a current version would refuse */
export function problemsInCurrent(manifest: Manifest): string[] {
  const model = modelIn('kubernetes-models', manifest);
  return model === null ? [`there is no ${manifest.kind} in ${manifest.apiVersion}`] : refusals(model, manifest);
}

function modelIn(library: string, { apiVersion, kind }: Manifest): Model | null {
  try {
    return (load(`${library}/${apiVersion}/${kind}`) as Record<string, Model>)[kind] ?? null;
  } catch {
    return null;
  }
}

function refusals(model: Model, manifest: Manifest): string[] {
  try {
    new model(manifest).validate();
    return [];
  } catch (error) {
    return [(error as Error).message];
  }
}

/** "apps/v1" → "io.k8s.api.apps.v1", "v1" → "io.k8s.api.core.v1" */
function idOf({ apiVersion, kind }: Manifest): string {
  const [group, version] = apiVersion.includes('/') ? apiVersion.split('/') : ['core', apiVersion];
  return `io.k8s.api.${group?.split('.')[0]}.${version}.${kind}`;
}

function schemaOf(id: string): Schema {
  const { ajv } = load(join(OLD, 'node_modules/@kubernetes-models/validate/dist/ajv.js')) as {
    ajv: { schemas: Readonly<Record<string, { readonly schema: Schema } | undefined>> };
  };
  const found = ajv.schemas[id];
  if (found === undefined) throw new Error(`no schema ${id}`);
  return found.schema;
}

function unknownFields(value: unknown, schema: Schema, path: string): string[] {
  if (schema.$ref !== undefined) return unknownFields(value, schemaOf(schema.$ref.replace(/#$/, '')), path);
  if (Array.isArray(value)) return value.flatMap((one, i) => unknownFields(one, schema.items ?? {}, `${path}[${i}]`));
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, child]) => {
    const at = `${path}.${key}`;
    const known = schema.properties?.[key] ?? schema.additionalProperties;
    if (known === undefined || known === false) return schema.properties === undefined ? [] : [`unknown field ${at}`];
    return known === true ? [] : unknownFields(child, known, at);
  });
}
