import { type Api, ApiRefused, listOf } from "../../../host/kubernetes";
import { injectLabel, injectorOf, revisionLabel } from "../../../model/mesh/injection";
import type { RevisionTag } from "../../../model/mesh/tags";
import { app, meshNamespace } from "../../../model/names";
import { restrictedContainer, restrictedPod } from "../../../model/security/podSecurity";
import { type Namespace, type ProxyPod, proxyVersion } from "../../../model/upgrade/proxies";
import versions from "../../../versions.json";

/** A dry run creates nothing, but the API server calls its webhooks for it. */
const dryRun = "dryRun=All";
/** Namespaces in which a tag may inject sidecars. The first one in which it does is used. */
const candidates: readonly string[] = [app.namespace, "default", meshNamespace];

const pod = (labels: Readonly<Record<string, string>>) => ({
  metadata: { generateName: "upgrade-", labels },
  spec: {
    securityContext: restrictedPod(),
    containers: [{ name: "app", image: versions.curlImage, securityContext: restrictedContainer }],
  },
});

/**
 * Returns the reason why a tag does not inject a sidecar of this version into a new pod. Undefined if it does, or if it
 * injects in none of the candidate namespaces.
 */
export async function newProxies(api: Pick<Api, "get" | "create">, tag: RevisionTag, version: string) {
  const labels = tag === "default" ? { [injectLabel]: "true" } : { [revisionLabel]: tag };
  const namespaces = await listOf<Namespace>(api, "/api/v1/namespaces");
  const namespace = candidates.find((name) =>
    namespaces.some(({ metadata }) => metadata.name === name && injectorOf(metadata.labels ?? {}, labels) === tag),
  );
  if (namespace === undefined) return undefined;
  const path = `/api/v1/namespaces/${namespace}/pods?${dryRun}`;
  const created = await api.create<ProxyPod>(path, pod(labels)).catch((error: Error) => error);
  if (created instanceof Error) return `a new pod of the tag ${tag} is rejected: ${created.message}`;
  const got = proxyVersion(created);
  return got === version ? undefined : `a new pod of the tag ${tag} gets ${got ?? "no sidecar"}, not ${version}`;
}

/** A VirtualService that its CRD accepts and istiod rejects, because its route has no destination. */
const mistake = {
  apiVersion: "networking.istio.io/v1",
  kind: "VirtualService",
  metadata: { name: "upgrade-mistake", namespace: app.namespace },
  spec: { hosts: ["upgrade.invalid"], http: [{ match: [{ uri: { prefix: "/" } }] }] },
};

/** Returns the reason why Istio's resources are not validated. Undefined if a resource with a mistake is rejected. */
export async function missingValidation(api: Pick<Api, "create">): Promise<string | undefined> {
  const path = `/apis/networking.istio.io/v1/namespaces/${app.namespace}/virtualservices?${dryRun}`;
  return api.create(path, mistake).then(
    () => "a VirtualService without a route is accepted: no control plane validates Istio's resources",
    (error: Error) =>
      // https://github.com/kubernetes/kubernetes/blob/v1.36.0/staging/src/k8s.io/apiserver/pkg/admission/plugin/webhook/errors/statuserror.go
      error instanceof ApiRefused && error.message.includes("denied the request")
        ? undefined
        : `a VirtualService cannot be validated: ${error.message}`,
  );
}
