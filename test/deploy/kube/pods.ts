/** The pods that a set of manifests makes. */

import type { Manifest } from './schemas.ts';

export interface Container {
  readonly name: string;
  readonly command?: readonly string[];
  readonly securityContext?: {
    readonly privileged?: boolean;
    readonly allowPrivilegeEscalation?: boolean;
    readonly readOnlyRootFilesystem?: boolean;
    readonly capabilities?: { readonly drop?: readonly string[]; readonly add?: readonly string[] };
  };
  readonly resources?: Readonly<Record<'requests' | 'limits', Readonly<Record<string, string>> | undefined>>;
  readonly volumeMounts?: readonly { readonly name: string; readonly mountPath: string; readonly readOnly?: boolean }[];
  readonly env?: readonly { readonly name: string; readonly value?: string }[];
  readonly livenessProbe?: unknown;
  readonly readinessProbe?: unknown;
}

export interface PodSpec {
  readonly automountServiceAccountToken?: boolean;
  readonly enableServiceLinks?: boolean;
  readonly priorityClassName?: string;
  readonly hostPID?: boolean;
  readonly hostNetwork?: boolean;
  readonly hostIPC?: boolean;
  readonly serviceAccountName?: string;
  readonly tolerations?: readonly { readonly operator?: string }[];
  readonly securityContext?: { readonly runAsUser?: number; readonly seccompProfile?: { readonly type: string } };
  readonly containers: readonly Container[];
  readonly initContainers?: readonly Container[];
  readonly volumes?: readonly {
    readonly name: string;
    readonly secret?: { readonly defaultMode?: number };
    readonly hostPath?: { readonly path: string };
  }[];
}

export function podsOf(manifests: readonly Manifest[]): { readonly name: string; readonly spec: PodSpec }[] {
  return manifests.flatMap(({ kind, metadata, spec }) => {
    const template = (spec as { template?: { spec: PodSpec } } | undefined)?.template;
    return template === undefined ? [] : [{ name: `${kind} ${metadata.name}`, spec: template.spec }];
  });
}

export function containersOf({ containers, initContainers = [] }: PodSpec): Container[] {
  return [...initContainers, ...containers];
}
