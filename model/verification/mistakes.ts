import type { IDestinationRule } from "@kubernetes-models/istio/networking.istio.io/v1/DestinationRule";
import type { IGateway } from "@kubernetes-models/istio/networking.istio.io/v1/Gateway";
import type { IVirtualService } from "@kubernetes-models/istio/networking.istio.io/v1/VirtualService";
import { app, gateway, publicHost, serviceHost } from "../names";
import type { Settings } from "../settings/contract";

/** Specs of the resources that a mistake is made in. */
export interface Specs {
  readonly VirtualService: NonNullable<IVirtualService["spec"]>;
  readonly DestinationRule: NonNullable<IDestinationRule["spec"]>;
  readonly Gateway: NonNullable<IGateway["spec"]>;
}

/** What a person who learns should know of a mistake. */
export interface Mistake {
  readonly mistake: string;
  readonly wrong: string;
  readonly right: string;
  readonly why: string;
}

/** A mistake that is made by editing resources, and what the ingress gateway then answers. */
export interface RoutingMistake extends Mistake {
  readonly edits: { readonly [Kind in keyof Specs]?: (spec: Specs[Kind], settings: Settings) => Specs[Kind] };
  readonly shows: "404" | "503" | "no TLS" | "no redirect" | "another share";
}

type Routes = NonNullable<Specs["VirtualService"]["http"]>;
type Server = NonNullable<Specs["Gateway"]["servers"]>[number];

const canary = (spec: Specs["VirtualService"], edit: (route: Routes[number]) => Routes[number]) => ({
  ...spec,
  http: (spec.http ?? []).map((route) => (route.name === "canary" ? edit(route) : route)),
});
const servers = (spec: Specs["Gateway"], edit: (server: Server) => Server) => ({
  ...spec,
  servers: (spec.servers ?? []).map(edit),
});
const secure = ({ port }: Server): boolean => port.number === 443;

/** Secret that the lesson puts into a namespace where no gateway runs. */
export const strayCredential = "lesson-credential";
/** Weights of which a beginner expects that the second is a percentage. */
export const strayWeights = [90, 60] as const;

/** Mistakes in routing that everyone makes once, in the order of the scenario. */
export const routingMistakes: readonly RoutingMistake[] = [
  {
    mistake: "the VirtualService names the Gateway without its namespace",
    wrong: `gateways: [${gateway.name}]`,
    right: `gateways: [${gateway.reference}]`,
    why: "a bare name means the VirtualService's own namespace, where there is no such Gateway: no route, 404",
    edits: { VirtualService: (spec) => ({ ...spec, gateways: [gateway.name] }) },
    shows: "404",
  },
  {
    mistake: "the DestinationRule's host is the name that the world sees",
    wrong: "host: helloworld.<domain>",
    right: `host: ${serviceHost}`,
    why: "subsets belong to the Service that the route leads to; under another name they are subsets of nothing: 503",
    edits: { DestinationRule: (spec, { domain }) => ({ ...spec, host: publicHost(domain) }) },
    shows: "503",
  },
  {
    mistake: "the route names a subset that no DestinationRule has",
    wrong: "subset: v3",
    right: `subset: ${app.subsets.join(" or ")}`,
    why: "the gateway has no cluster of that name to send the request to: 503",
    edits: {
      VirtualService: (spec) =>
        canary(spec, (route) => ({
          ...route,
          route: (route.route ?? []).map((one) => ({ ...one, destination: { ...one.destination, subset: "v3" } })),
        })),
    },
    shows: "503",
  },
  {
    mistake: "the weights do not sum to 100",
    wrong: `weight: ${strayWeights.join(" and weight: ")}`,
    right: "weights that sum to 100",
    why: `weights are proportions and no percentages: ${strayWeights[1]} of ${strayWeights[0] + strayWeights[1]} is 40 %`,
    edits: {
      VirtualService: (spec) =>
        canary(spec, (route) => ({
          ...route,
          route: (route.route ?? []).map((one, i) => ({ ...one, weight: strayWeights[i] ?? 0 })),
        })),
    },
    shows: "another share",
  },
  {
    mistake: "the certificate's Secret lies in another namespace than the gateway",
    wrong: `credentialName: ${strayCredential}`,
    right: `credentialName: ${gateway.credentialName}, a Secret in the namespace of the gateway's pods`,
    why: "the gateway reads Secrets of its own namespace only: it has no certificate to show, and ends the connection",
    edits: {
      Gateway: (spec) =>
        servers(spec, (server) =>
          secure(server) ? { ...server, tls: { mode: "SIMPLE", credentialName: strayCredential } } : server,
        ),
    },
    shows: "no TLS",
  },
  {
    mistake: "httpsRedirect stands on the HTTPS server",
    wrong: "port 443 … tls: { httpsRedirect: true }",
    right: "port 80 … tls: { httpsRedirect: true }",
    why: "the server that it stands on redirects, and that is the one for plain HTTP: on the other it does nothing",
    edits: {
      Gateway: (spec) =>
        servers(spec, ({ tls, ...server }) =>
          secure({ ...server }) ? { ...server, tls: { ...tls, httpsRedirect: true } } : server,
        ),
      VirtualService: (spec) => ({ ...spec, http: (spec.http ?? []).filter(({ redirect }) => !redirect) }),
    },
    shows: "no redirect",
  },
];

/** Mistakes that only pods in the cluster can show. */
export const meshMistakes = {
  addressOutside: {
    mistake: "a Service asks for an address that is not in the pool",
    wrong: "metallb.io/loadBalancerIPs: an address of a node",
    right: "no address at all, or one of the pool",
    why: "MetalLB gives addresses of its pools only: EXTERNAL-IP stays pending, and the reason stands in the Service's events",
  },
  strictWithoutSidecar: {
    mistake: "STRICT on pods without sidecar",
    wrong: "PeerAuthentication with mode STRICT, injection off",
    right: "sidecars first, then STRICT",
    why: "the sidecar is what refuses plain text: where there is none, nobody does",
  },
  servicePort: {
    mistake: "port-level mTLS by the Service's port",
    wrong: `portLevelMtls: { ${app.port}: { mode: STRICT } }`,
    right: `portLevelMtls: { ${app.containerPort}: { mode: STRICT } }`,
    why: "PeerAuthentication knows the ports of the workload: the Service's port is none of them, and nothing changes",
  },
} as const satisfies Readonly<Record<string, Mistake>>;

/** A mistake that was made, with what it showed. */
export interface Lesson extends Mistake {
  readonly outcome: "shown" | "not shown" | "not known";
  /** What was observed while the mistake was there. */
  readonly evidence: string;
}

/** The lessons as text, a paragraph each. */
export function lessonText(lessons: readonly Lesson[]): string {
  const paragraph = ({ mistake, wrong, right, why, outcome, evidence }: Lesson, i: number) =>
    [
      `${i + 1}  ${mistake}`,
      `   mistake   ${wrong}`,
      `   ${outcome.padEnd(9)} ${evidence}`,
      `   why       ${why}`,
      `   instead   ${right}`,
    ].join("\n");
  const shown = lessons.filter(({ outcome }) => outcome === "shown").length;
  return [
    ...lessons.map(paragraph),
    `${shown} of ${lessons.length} mistakes showed what they do; all are put back`,
  ].join("\n\n");
}
