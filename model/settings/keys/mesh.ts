import versions from "../../../versions.json";
import { upgradeStages } from "../../mesh/revisions";
import { minorOf, supportedIstio } from "../../mesh/versions";
import { imageHub, none, release, semver, url } from "../forms";
import { choice, flag, secretText, text } from "../kinds";

const supportedRelease = (value: string): boolean => release(value) && Object.hasOwn(supportedIstio, minorOf(value));

/** Credentials of one chart repository, which no other server receives. */
const login = (repository: string) =>
  secretText({
    default: none,
    description: `User and password of ${repository}; a secret`,
    allowed: "none or USER:PASSWORD",
    accepts: (value) => value === none || /^[^\s:]+:\S+$/.test(value),
  });

/** Keys of the charts and versions of MetalLB and Istio. */
export const meshKeys = {
  metallbVersion: text({
    default: versions.metallb,
    description: "Version of the MetalLB chart",
    allowed: `an exact version of ${versions.supported.metallb.join(" or ")}, such as ${versions.metallb}`,
    accepts: (value) => semver(value) && versions.supported.metallb.includes(minorOf(value)),
  }),
  metallbChartRepository: text({
    default: "https://metallb.github.io/metallb",
    description: "Helm repository of the MetalLB chart",
    allowed: "an http, https or oci URL without credentials, such as https://charts.example.com/istio",
    accepts: url("http:", "https:", "oci:"),
  }),
  metallbChartAuth: login("metallbChartRepository"),
  istioVersion: text({
    default: versions.istio,
    description: "Version of the Istio charts and images",
    allowed: `an exact version of ${Object.keys(supportedIstio).join(" or ")}, such as ${versions.istio}`,
    accepts: supportedRelease,
  }),
  nextIstioVersion: text({
    default: none,
    description: "Version of a second control plane beside the first one, for an upgrade without lost requests",
    allowed: `none or an exact version of ${Object.keys(supportedIstio).join(" or ")}, such as ${versions.istio}`,
    accepts: (value) => value === none || supportedRelease(value),
  }),
  nextIstioStage: choice(
    upgradeStages,
    "istiod",
    "Stage of the upgrade to nextIstioVersion: CRDs, control plane, gateway, app, default; each includes those before it",
  ),
  istioChartRepository: text({
    default: "https://blob.istio.io/istio-release/charts",
    description: "Helm repository of Istio's charts",
    allowed: "an http, https or oci URL without credentials, such as https://charts.example.com/istio",
    accepts: url("http:", "https:", "oci:"),
  }),
  istioChartAuth: login("istioChartRepository"),
  gatewayApiRepository: text({
    default: "https://github.com/kubernetes-sigs/gateway-api/releases/download",
    description:
      "Place of the CRDs of the Gateway API for routing = gateway-api: it serves vVERSION/standard-install.yaml",
    allowed: "an http or https URL without credentials, such as https://files.example.com/gateway-api",
    accepts: url("http:", "https:"),
  }),
  istioHub: text({
    default: "docker.io/istio",
    description: "Registry and path of Istio's images",
    allowed: "a registry and path without tag, such as docker.io/istio",
    accepts: imageHub,
  }),
  dataplane: choice(
    ["sidecar", "ambient"],
    "sidecar",
    "Proxies of the mesh: a sidecar in each pod, or one ztunnel on each node without sidecars (ambient)",
  ),
  waypoint: flag({
    default: false,
    description: "Waypoint: a proxy for HTTP routes between pods in ambient; requires routing = gateway-api",
  }),
  telemetry: flag({
    default: true,
    description: "Istio's metrics of the proxies; false for a proxy without Istio's own filters",
  }),
};
