import { meshNamespace } from "../../names";
import { rulesForHost } from "../manifests/hosts";
import { matchesLabels } from "../manifests/labels";
import type { Texts, UserObject } from "../manifests/objects";
import { fqdnOf, type Service } from "../manifests/services";
import type { Reason } from "../report/result";
import { resultOf } from "../requests/observation";
import { urlParts } from "../requests/urls";
import type { StandIn } from "../standIns/standIns";
import { type Context, calledService, objectTitle, ofKind, sentTo } from "./context";

/** TLS mode that applies to a connection. `setBy` is the object that sets it, and is absent for a default. */
interface EffectiveMode {
  readonly mode: string;
  readonly setBy?: UserObject;
  readonly path: readonly (string | number)[];
}

/**
 * Mode in which a workload accepts connections on a port: the narrowest PeerAuthentication that sets one.
 *
 * @param meshMode - mode where none does
 */
function serverMode(
  { namespace, labels }: StandIn,
  port: number | undefined,
  objects: readonly UserObject[],
  meshMode = "PERMISSIVE",
): EffectiveMode {
  const policies = ofKind(objects, "PeerAuthentication");
  const selectorOf = ({ spec }: UserObject) => (spec?.selector?.matchLabels ?? {}) as Texts;
  const hasNoSelector = (candidate: UserObject) => Object.keys(selectorOf(candidate)).length === 0;
  const ofWorkload = policies.find(
    (candidate) =>
      candidate.$.namespace === namespace && !hasNoSelector(candidate) && matchesLabels(selectorOf(candidate), labels),
  );
  const ofNamespace = policies.find((candidate) => candidate.$.namespace === namespace && hasNoSelector(candidate));
  const ofMesh = policies.find((candidate) => candidate.$.namespace === meshNamespace && hasNoSelector(candidate));
  const portMode = port === undefined ? undefined : ofWorkload?.spec?.portLevelMtls?.[port]?.mode;
  if (ofWorkload && portMode && portMode !== "UNSET")
    return { mode: portMode, setBy: ofWorkload, path: ["spec", "portLevelMtls", String(port)] };
  for (const policy of [ofWorkload, ofNamespace, ofMesh]) {
    const mode = policy?.spec?.mtls?.mode;
    if (policy && mode && mode !== "UNSET") return { mode, setBy: policy, path: ["spec", "mtls", "mode"] };
  }
  return { mode: meshMode, path: [] };
}

/** Part of a DestinationRule's `trafficPolicy` that sets TLS modes. */
interface TrafficPolicy {
  readonly tls?: { readonly mode?: string };
  readonly portLevelSettings?: readonly {
    readonly port?: { readonly number?: number };
    readonly tls?: { readonly mode?: string };
  }[];
}

/** TLS mode that a DestinationRule sets for a Service's port, from the caller's namespace, then the Service's, then the mesh's, as in Istio. */
export function clientMode(
  host: string,
  port: number,
  subset: string,
  from: string,
  objects: readonly UserObject[],
): EffectiveMode | undefined {
  const owner = host.split(".")[1] ?? "";
  const rules = rulesForHost(host, objects);
  const rule = [from, owner, meshNamespace]
    .map(
      (namespace) =>
        rules
          .filter(({ $ }) => $.namespace === namespace)
          .sort((a, b) => String(b.spec?.host).length - String(a.spec?.host).length)[0],
    )
    .find(Boolean);
  if (!rule) return undefined;
  const policy = (rule.spec?.trafficPolicy ?? {}) as TrafficPolicy;
  const subsets = (rule.spec?.subsets ?? []) as { name: string; trafficPolicy?: TrafficPolicy }[];
  const index = subsets.findIndex(({ name }) => name === subset);
  const portSetting = (policy.portLevelSettings ?? []).findIndex((setting) => setting.port?.number === port);
  if (subsets[index]?.trafficPolicy?.tls?.mode)
    return {
      mode: subsets[index].trafficPolicy.tls.mode,
      setBy: rule,
      path: ["spec", "subsets", index, "trafficPolicy", "tls"],
    };
  if (portSetting >= 0) {
    const mode = policy.portLevelSettings?.[portSetting]?.tls?.mode;
    // settings of a port replace all settings of the rule, so a port without a mode has none
    return mode
      ? { mode, setBy: rule, path: ["spec", "trafficPolicy", "portLevelSettings", portSetting, "tls"] }
      : undefined;
  }
  return policy.tls?.mode ? { mode: policy.tls.mode, setBy: rule, path: ["spec", "trafficPolicy", "tls"] } : undefined;
}

const reason = ({ setBy, path }: EffectiveMode, text: string, fix?: string): Reason => ({
  text,
  ...(setBy && { place: setBy.$.placeOf(path) }),
  ...(fix && { fix }),
});

/** Remedy for a mode that the environment sets and that the files do not mention. */
const meshModeFix = ({ setBy }: EffectiveMode): string | undefined =>
  setBy
    ? undefined
    : "a PeerAuthentication in your manifests with the mode that your cluster has, or mtlsMode PERMISSIVE";

function serviceOf(context: Context): { service: Service; port: number; subset: string } | undefined {
  const cluster = sentTo(context);
  const byCluster = context.services.find((candidate) => cluster && fqdnOf(candidate) === cluster.host);
  if (byCluster && cluster) return { service: byCluster, port: cluster.port, subset: cluster.subset };
  const service = calledService(context);
  return service && { service, port: urlParts(context.testCase.request.url).port, subset: "" };
}

/** Reasons from mutual TLS: the mode that the caller's side sends, and the mode that the workload's side accepts. */
export function peerReasons(context: Context): Reason[] {
  const called = serviceOf(context);
  const { caller, testCase, objects, observation, meshMode } = context;
  const result = resultOf(observation);
  const broken =
    result === "reset" ||
    (result === 503 && observation.log.some(({ flags }) => flags.some((flag) => /^(UF|UC)$/.test(flag))));
  const wanted = testCase.expect.peer !== undefined || testCase.expect.status?.includes("reset");
  if (!called || !(broken || wanted)) return [];
  const { service, port, subset } = called;
  const standIn = context.standIns.find(({ services }) => services.includes(`${service.namespace}/${service.name}`));
  if (!standIn) return [];
  const target = service.ports.find(({ number }) => number === port)?.target;
  const server = serverMode(standIn, typeof target === "number" ? target : undefined, objects, meshMode);
  const client =
    caller.sidecar === false
      ? undefined
      : clientMode(fqdnOf(service), port, subset, caller.outside ? meshNamespace : caller.namespace, objects);
  const ofEnvironment =
    meshMode === "PERMISSIVE" ? "no PeerAuthentication, so the default" : "mtlsMode of the environment";
  const byServer = `${server.setBy ? objectTitle(server.setBy) : ofEnvironment} sets ${server.mode} for ${standIn.id}${typeof target === "number" ? ` on port ${target}` : ""}`;
  const byClient = client?.setBy
    ? `${objectTitle(client.setBy)} sets the TLS mode ${client.mode} for ${fqdnOf(service)}`
    : undefined;
  if (broken && server.mode === "STRICT" && caller.sidecar === false)
    return [reason(server, `${byServer}, and the caller has no sidecar: it sends plain text`, meshModeFix(server))];
  if (broken && server.mode === "STRICT" && client?.mode === "DISABLE")
    return [
      reason(server, byServer),
      reason(client, `${byClient}: it sends plain text`, "remove the TLS mode: mutual TLS is automatic"),
    ];
  if (broken && client?.mode === "ISTIO_MUTUAL" && (server.mode === "DISABLE" || standIn.sidecar === false))
    return [
      reason(
        client,
        `${byClient}, and ${standIn.id} takes no mutual TLS`,
        "mode: DISABLE for this host, or remove the TLS mode",
      ),
      reason(server, byServer),
    ];
  if (broken && client && /^(SIMPLE|MUTUAL)$/.test(client.mode))
    return [
      reason(
        client,
        `${byClient}: the proxy sends TLS of its own to a workload of the mesh, which does not serve it`,
        "remove the TLS mode: mutual TLS is automatic",
      ),
    ];
  if (!broken && wanted) {
    const noSidecar =
      standIn.sidecar === false
        ? [{ text: `${standIn.id} has no sidecar: nothing there refuses plain text or sees a peer` }]
        : [];
    return [...noSidecar, reason(server, byServer), ...(client && byClient ? [reason(client, byClient)] : [])];
  }
  return [];
}
