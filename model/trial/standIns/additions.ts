import { withInjection, withoutInjection } from "../../mesh/injection";
import { meshNamespace } from "../../names";
import type { Tests } from "../format/cases";
import { type KubeObject, objectKey, plainObject, type UserObject } from "../manifests/objects";
import { type Service, serviceKey, serviceOf } from "../manifests/services";
import { isMeshTelemetry, logging } from "./accessLogs";
import { trialNamespace } from "./callers";

/** Access logs of all proxies, from which reports derive their reasons. A mesh-wide Telemetry of the user has them instead. */
export function accessLogs(objects: readonly UserObject[]): KubeObject[] {
  const hasMeshTelemetry = objects.some(isMeshTelemetry);
  const spec = { accessLogging: logging };
  const metadata = { name: "istio-trial-access-log", namespace: meshNamespace };
  return hasMeshTelemetry ? [] : [{ apiVersion: "telemetry.istio.io/v1", kind: "Telemetry", metadata, spec }];
}

/** Services that test files ask for and that the manifests do not have. */
export function declaredServices(tests: Tests, services: readonly Service[]): Service[] {
  const known = new Set(services.map(serviceKey));
  return [...tests.workloads]
    .filter(([key]) => !known.has(key))
    .map(([key, { ports = { http: 80 } }]) => {
      const [namespace = "", name = ""] = key.split("/");
      const spec = {
        selector: { app: name },
        ports: Object.entries(ports).map(([port, number]) => ({ name: port, port: number, targetPort: number })),
      };
      return serviceOf({ apiVersion: "v1", kind: "Service", metadata: { name, namespace }, spec });
    });
}

/** Labels of a namespace of the manifests that decide about sidecars, as one text. */
export function injectionOf(namespace: string, objects: readonly UserObject[]): string {
  const labels = objects.find(({ kind, metadata }) => kind === "Namespace" && metadata.name === namespace)?.metadata
    .labels;
  return [labels?.["istio-injection"], labels?.["istio.io/rev"]].filter(Boolean).join(" ");
}

export function namespaceObjects(names: readonly string[], declared: readonly UserObject[]): KubeObject[] {
  return names.map((name) => {
    const namespace = declared.find(({ metadata }) => metadata.name === name);
    if (namespace) return plainObject(namespace);
    const labels = name === trialNamespace ? withoutInjection : withInjection;
    return { apiVersion: "v1", kind: "Namespace", metadata: { name, labels } };
  });
}

export function serviceAccounts(
  users: readonly { readonly namespace: string; readonly serviceAccount?: string }[],
  objects: readonly UserObject[],
): KubeObject[] {
  const known = new Set(objects.filter(({ kind }) => kind === "ServiceAccount").map(objectKey));
  const wanted = users.flatMap(({ namespace, serviceAccount }) =>
    serviceAccount && serviceAccount !== "default" ? [`${namespace}/${serviceAccount}`] : [],
  );
  return [...new Set(wanted)]
    .filter((key) => !known.has(key))
    .map((key) => {
      const [namespace = "", name = ""] = key.split("/");
      return { apiVersion: "v1", kind: "ServiceAccount", metadata: { name, namespace } };
    });
}
