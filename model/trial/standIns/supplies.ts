import { pullSecretName } from "../../cluster/registries";
import type { KubeObject } from "../manifests/objects";
import { programsName } from "./pods";

/** ConfigMaps with the programs of stand-ins and callers, one for each namespace with pods. */
export const programMaps = (namespaces: readonly string[], data: Readonly<Record<string, string>>): KubeObject[] =>
  namespaces.map((namespace) => ({
    apiVersion: "v1",
    kind: "ConfigMap",
    metadata: { name: programsName, namespace },
    data,
  }));

/**
 * Secrets with which pods pull, one for each namespace.
 *
 * @param credentials - text of a Docker config.json; undefined if images need none
 */
export const pullSecrets = (namespaces: readonly string[], credentials: string | undefined): KubeObject[] =>
  credentials === undefined
    ? []
    : namespaces.map((namespace) => ({
        apiVersion: "v1",
        kind: "Secret",
        type: "kubernetes.io/dockerconfigjson",
        metadata: { name: pullSecretName, namespace },
        stringData: { ".dockerconfigjson": credentials },
      }));
