import type { UserObject } from "../objects";
import { arrivalOf, peerOf, resultOf } from "../observation";
import { istioHost } from "../services";
import { urlParts } from "../urls";
import { type Context, calledService, ofKind, titled } from "./context";
import type { Mistake } from "./mistake";
import { policiesFor } from "./policies";

interface Rule {
  readonly from?: readonly { readonly source?: Readonly<Record<string, readonly string[]>> }[];
  readonly to?: readonly { readonly operation?: Readonly<Record<string, readonly string[]>> }[];
}

const rulesOf = (policy: UserObject): readonly Rule[] => (policy.spec?.rules ?? []) as Rule[];

/** Policies of the called workload. */
function policiesOnTheWay(context: Context, kind: string): UserObject[] {
  const service = calledService(context);
  const arrived = arrivalOf(context.seen)?.workload;
  const standIn = context.standIns.find(
    ({ id, services }) => id === arrived || (service && services.includes(`${service.namespace}/${service.name}`)),
  );
  return standIn ? policiesFor(kind, standIn.namespace, standIn.labels, context.objects) : [];
}

const wantsDenial = ({ one: { expect } }: Context): boolean =>
  expect.status?.some((status) => status === 401 || status === 403) ?? false;

const tokenOptional: Mistake = (context) => {
  const { request } = context.one;
  if (!wantsDenial(context) || resultOf(context.seen) !== 200 || request.token || request.headers?.["authorization"])
    return undefined;
  const rule =
    policiesOnTheWay(context, "RequestAuthentication")[0] ??
    (context.caller.outside ? ofKind(context.objects, "RequestAuthentication")[0] : undefined);
  return (
    rule && {
      text: `${titled(rule)} rejects wrong tokens, and lets requests without a token pass`,
      place: rule.$.place,
      fix: "add an AuthorizationPolicy that requires requestPrincipals; it answers 403",
    }
  );
};

/** Conditions in separate rules, of which one is enough. */
const separateRules: Mistake = (context) => {
  if (!wantsDenial(context) || resultOf(context.seen) !== 200) return undefined;
  for (const policy of policiesOnTheWay(context, "AuthorizationPolicy")) {
    const rules = rulesOf(policy);
    const index = rules.findIndex(({ from, to }, i) => i > 0 && to && !from && rules[i - 1]?.from && !rules[i - 1]?.to);
    if (index >= 0)
      return {
        text: `rules ${index} and ${index + 1} of ${titled(policy)} are alternatives: one match is enough`,
        place: policy.$.placeOf(["spec", "rules", index]),
        fix: "remove the dash before to, so that from and to are one rule",
      };
  }
  return undefined;
};

const isTcp = ({ name = "", appProtocol }: { name?: string; appProtocol?: string }): boolean =>
  appProtocol ? appProtocol === "tcp" : /^tcp(-|$)/.test(name);

/** A port that is TCP by its name, with configuration for HTTP. */
const portIsTcp: Mistake = (context) => {
  const service = calledService(context);
  const { port } = urlParts(context.one.request.url);
  const ports = (service?.object.spec?.ports ?? []) as { name?: string; appProtocol?: string; port: number }[];
  const found = ports.find((one) => one.port === port && isTcp(one));
  if (!service || !found) return undefined;
  const source = context.objects.find(
    ({ kind, metadata, $ }) =>
      kind === "Service" && metadata.name === service.name && $.namespace === service.namespace,
  );
  const index = ports.indexOf(found);
  const place = source?.$.placeOf(["spec", "ports", index, found.appProtocol ? "appProtocol" : "name"]);
  const policy = policiesOnTheWay(context, "AuthorizationPolicy").find(({ spec }) =>
    /"(methods|paths|hosts|requestPrincipals|notPaths|notMethods)"/.test(JSON.stringify(spec)),
  );
  const routed = ofKind(context.objects, "VirtualService").some(
    ({ spec, $ }) =>
      spec?.http &&
      ((spec.hosts ?? []) as string[]).some((host) =>
        istioHost(host, $.namespace).startsWith(`${service.name}.${service.namespace}.`),
      ),
  );
  const what = policy
    ? `${titled(policy)} has conditions for HTTP, which a TCP port does not have: ALLOW rules with them never match, and DENY rules ignore them`
    : routed
      ? "http routes do not apply"
      : undefined;
  return what === undefined
    ? undefined
    : {
        text: `port ${found.name ?? found.port} of Service ${service.namespace}/${service.name} is TCP by its ${found.appProtocol ? "appProtocol" : "name"}: ${what}`,
        ...(place && { place }),
        fix: "name it http, or set appProtocol: http",
      };
};

/** A policy that counts on a port of the Service, where the port of the pod is meant. */
const servicePort: Mistake = (context) => {
  const service = calledService(context);
  if (!service) return undefined;
  const targets = service.ports.map(({ target }) => target);
  for (const policy of policiesOnTheWay(context, "AuthorizationPolicy"))
    for (const [i, { to = [] }] of rulesOf(policy).entries()) {
      const ports = to.flatMap(({ operation = {} }) => operation["ports"] ?? []).map(Number);
      const wrong = ports.find(
        (port) => !targets.includes(port) && service.ports.some(({ number }) => number === port),
      );
      if (wrong !== undefined)
        return {
          text: `ports of ${titled(policy)} are those of the pod: the Service's port ${wrong} leads to ${targets.join(", ")}`,
          place: policy.$.placeOf(["spec", "rules", i, "to"]),
          fix: `ports: ["${service.ports.find(({ number }) => number === wrong)?.target}"]`,
        };
    }
  for (const mode of policiesOnTheWay(context, "PeerAuthentication")) {
    const wrong = Object.keys(mode.spec?.portLevelMtls ?? {}).find((port) => !targets.includes(Number(port)));
    if (wrong !== undefined)
      return {
        text: `portLevelMtls of ${titled(mode)} has port ${wrong}, and the pod listens on ${targets.join(", ")}: it has no effect`,
        place: mode.$.placeOf(["spec", "portLevelMtls", wrong]),
        fix: `portLevelMtls: { ${targets[0]}: ... }`,
      };
  }
  return undefined;
};

/** A principal that no peer can have. */
const principalForm: Mistake = (context) => {
  for (const policy of policiesOnTheWay(context, "AuthorizationPolicy"))
    for (const [i, { from = [] }] of rulesOf(policy).entries()) {
      const wrong = from
        .flatMap(({ source = {} }) => source["principals"] ?? [])
        .find((one) => one.startsWith("spiffe://"));
      if (wrong)
        return {
          text: `principals of ${titled(policy)} have no spiffe://: ${wrong} matches nobody`,
          place: policy.$.placeOf(["spec", "rules", i, "from"]),
          fix: wrong.replace("spiffe://", ""),
        };
    }
  return undefined;
};

/** A rule about identities for a caller that has none. */
const noIdentity: Mistake = (context) => {
  const arrival = arrivalOf(context.seen);
  const bare = arrival ? peerOf(arrival) === "none" : context.caller.sidecar === false;
  if (!bare || context.caller.outside) return undefined;
  const policy = policiesOnTheWay(context, "AuthorizationPolicy").find(({ spec }) =>
    /"(principals|namespaces|notPrincipals|notNamespaces)"/.test(JSON.stringify(spec)),
  );
  return (
    policy && {
      text: `${titled(policy)} compares the peer's identity, and this request came as plain text, which has none`,
      place: policy.$.placeOf(["spec", "rules"]),
      fix: "mutual TLS for the caller: a sidecar, and no TLS mode DISABLE",
    }
  );
};

export const mistakesOfSecurity: readonly Mistake[] = [
  tokenOptional,
  separateRules,
  portIsTcp,
  servicePort,
  principalForm,
  noIdentity,
];
