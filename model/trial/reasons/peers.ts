import { meshNamespace } from "../../names";
import { titleOf } from "../manifests/objects";
import { fqdnOf, type Service, serviceKey } from "../manifests/services";
import type { Reason } from "../report/result";
import { urlParts } from "../requests/urls";
import type { StandIn } from "../standIns/standIns";
import { type Context, calledService, endedWith, hasFlag, sentTo, serviceSentTo } from "./context";
import { clientMode, type EffectiveMode, serverMode } from "./tlsModes";

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

/** Service that the request is for, with the port and the subset that the last proxy chose. */
function serviceOf(context: Context): { service: Service; port: number; subset: string } | undefined {
  const cluster = sentTo(context);
  const byCluster = serviceSentTo(context);
  if (byCluster && cluster) return { service: byCluster, port: cluster.port, subset: cluster.subset };
  const service = calledService(context);
  return service && { service, port: urlParts(context.testCase.request.url).port, subset: "" };
}

/** Both sides of a connection to a stand-in, with the modes that apply to it. */
interface Sides {
  readonly standIn: StandIn;
  readonly lacksSidecar: boolean;
  readonly server: EffectiveMode;
  /** The object that sets the server's mode, in words. */
  readonly byServer: string;
  readonly client: EffectiveMode | undefined;
  readonly byClient: string | undefined;
}

function sidesOf(context: Context): Sides | undefined {
  const called = serviceOf(context);
  const { caller, objects, meshMode } = context;
  if (!called) return undefined;
  const { service, port, subset } = called;
  const standIn = context.standIns.find(({ services }) => services.includes(serviceKey(service)));
  if (!standIn) return undefined;
  const target = service.ports.find(({ number }) => number === port)?.target;
  const podPort = typeof target === "number" ? target : undefined;
  const server = serverMode(standIn, podPort, objects, meshMode);
  const host = fqdnOf(service);
  const lacksSidecar = caller.sidecar === false;
  const from = caller.outside ? meshNamespace : caller.namespace;
  const client = lacksSidecar ? undefined : clientMode(host, port, subset, from, objects);
  const preset = meshMode === "PERMISSIVE" ? "no PeerAuthentication, so the default" : "mtlsMode of the environment";
  const setter = server.setBy ? titleOf(server.setBy) : preset;
  return {
    standIn,
    lacksSidecar,
    server,
    byServer: `${setter} sets ${server.mode} for ${standIn.id}${podPort === undefined ? "" : ` on port ${podPort}`}`,
    client,
    byClient: client?.setBy && `${titleOf(client.setBy)} sets the TLS mode ${client.mode} for ${host}`,
  };
}

/** Reasons why the two sides of a connection that failed do not agree. */
function disagreement({ standIn, lacksSidecar, server, byServer, client, byClient }: Sides): Reason[] {
  if (server.mode === "STRICT" && lacksSidecar)
    return [reason(server, `${byServer}, and the caller has no sidecar: it sends plain text`, meshModeFix(server))];
  if (server.mode === "STRICT" && client?.mode === "DISABLE")
    return [
      reason(server, byServer),
      reason(client, `${byClient}: it sends plain text`, "remove the TLS mode: mutual TLS is automatic"),
    ];
  if (client?.mode === "ISTIO_MUTUAL" && (server.mode === "DISABLE" || standIn.sidecar === false))
    return [
      reason(
        client,
        `${byClient}, and ${standIn.id} takes no mutual TLS`,
        "mode: DISABLE for this host, or remove the TLS mode",
      ),
      reason(server, byServer),
    ];
  if (client && /^(SIMPLE|MUTUAL)$/.test(client.mode))
    return [
      reason(
        client,
        `${byClient}: the proxy sends TLS of its own to a workload of the mesh, which does not serve it`,
        "remove the TLS mode: mutual TLS is automatic",
      ),
    ];
  return [];
}

/** Reasons from mutual TLS: the mode that the caller's side sends, and the mode that the workload's side accepts. */
export function peerReasons(context: Context): Reason[] {
  const { expect } = context.testCase;
  const isBroken = endedWith(context, "reset") || (endedWith(context, 503) && hasFlag(context, "UF", "UC"));
  if (!isBroken && expect.peer === undefined && !expect.status?.includes("reset")) return [];
  const sides = sidesOf(context);
  if (!sides) return [];
  if (isBroken) return disagreement(sides);
  const { standIn, server, byServer, client, byClient } = sides;
  return [
    ...(standIn.sidecar === false
      ? [{ text: `${standIn.id} has no sidecar: nothing there refuses plain text or sees a peer` }]
      : []),
    reason(server, byServer),
    ...(client && byClient ? [reason(client, byClient)] : []),
  ];
}
