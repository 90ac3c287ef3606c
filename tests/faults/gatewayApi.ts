import assert from "node:assert/strict";
import { setTimeout as pause } from "node:timers/promises";
import { requiredCrds } from "../../model/mesh/gatewayApi";
import { configured, kubectl, pulumi, succeeds } from "./configured";
import { type Fault, server, type Target } from "./fault";
import { docker } from "./foreignObjects";
import { begins } from "./kills";
import { refusal } from "./refusals";
import { killAt } from "./stepKills";

/** A fault of an environment with routing = gateway-api, whose next up goes back to the routes of Istio. */
const routed = (where: string, strike: (target: Target) => Promise<string>): Fault =>
  configured("Gateway API", ["routing", "gateway-api"], where, strike);

/** Something that somebody deletes, and that an up with --refresh has to create again. */
const deleted = (where: string, ...what: string[]): Fault =>
  routed(where, async (target) => {
    await succeeds("up", target);
    kubectl(target, "delete", ...what);
    pulumi(target, "up", "--refresh", "--yes");
    const status = 'jsonpath={.status.listeners[?(@.name=="https")].attachedRoutes}';
    const gateway = ["get", "gateways.gateway.networking.k8s.io", "ingressgateway", "-n", "istio-system"];
    assert.equal(kubectl(target, ...gateway, "-o", status), "1");
    return "made again by up --refresh";
  });

/** A CRD as an old version of the Gateway API has it. */
const oldCrd = (name: string): string => {
  const plural = name.split(".")[0] ?? "";
  const kind = plural === "gateways" ? "Gateway" : "HTTPRoute";
  const schema = { openAPIV3Schema: { type: "object", "x-kubernetes-preserve-unknown-fields": true } };
  return JSON.stringify({
    apiVersion: "apiextensions.k8s.io/v1",
    kind: "CustomResourceDefinition",
    metadata: {
      name,
      annotations: {
        "api-approved.kubernetes.io": "https://github.com/kubernetes-sigs/gateway-api/pull/2466",
        "gateway.networking.k8s.io/bundle-version": "v1.0.0",
        "gateway.networking.k8s.io/channel": "standard",
      },
    },
    spec: {
      group: "gateway.networking.k8s.io",
      names: { kind, plural, singular: kind.toLowerCase(), listKind: `${kind}List` },
      scope: "Namespaced",
      versions: [{ name: "v1", served: true, storage: true, schema }],
    },
  });
};

/** Removes the CRDs, with the policy of their release that refuses older ones. */
function removeCrds(target: Target): void {
  const remove = (...what: string[]) => kubectl(target, "delete", "--ignore-not-found", ...what);
  remove("validatingadmissionpolicybinding", "safe-upgrades.gateway.networking.k8s.io");
  remove("crd", ...requiredCrds);
}

/** A kill while Helm installs the CRDs, after which the next up installs them and the routes. */
const releaseKilled = (seconds: number): Fault =>
  routed(`SIGKILL of up, ${seconds} s after the release of the CRDs began`, async (target) => {
    removeCrds(target);
    await killAt("up", target.stack, async (up) => {
      const isReached = await up.reaches(begins("mesh-gateway-api"));
      await pause(seconds * 1000);
      return isReached;
    });
    await succeeds("up", target);
    await succeeds("verify", target);
    return "killed, then made by up; verify passed";
  });

/** Old CRDs of somebody else, which no up may overwrite. */
const oldCrds = routed("up, in a cluster with CRDs of somebody else that are too old", async (target) => {
  removeCrds(target);
  for (const name of requiredCrds)
    docker("exec", server(target), "sh", "-c", `echo '${oldCrd(name)}' | kubectl create -f -`);
  try {
    const message = await refusal("up", target);
    assert.match(message, /but Istio needs/);
    const version = String.raw`jsonpath={.metadata.annotations.gateway\.networking\.k8s\.io/bundle-version}`;
    for (const name of requiredCrds) assert.equal(kubectl(target, "get", "crd", name, "-o", version), "v1.0.0");
    return message;
  } finally {
    kubectl(target, "delete", "crd", ...requiredCrds);
  }
});

/** Faults of the routes of the Gateway API and of its CRDs. */
export const gatewayApiFaults = (): Fault[] => [
  oldCrds,
  deleted("HTTPRoute deleted", "httproute", "helloworld", "-n", "helloworld"),
  deleted("Gateway deleted", "gateways.gateway.networking.k8s.io", "ingressgateway", "-n", "istio-system"),
  deleted("CRD deleted", "crd", "httproutes.gateway.networking.k8s.io"),
  ...[0.5, 3].map(releaseKilled),
];
