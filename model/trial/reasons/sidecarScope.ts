import { meshNamespace } from "../../names";
import { matchesLabels } from "../manifests/labels";
import type { Texts, UserObject } from "../manifests/objects";
import { matchesHost } from "../manifests/services";
import { type Context, ofKind } from "./context";

/** One listener of a Sidecar's egress. */
interface Egress {
  readonly hosts?: readonly string[];
  readonly port?: { readonly number?: number };
}

export const egressOf = ({ spec }: UserObject): readonly Egress[] => (spec?.egress ?? []) as Egress[];

/** The Sidecar that limits what the caller sees: one that selects it, that of its namespace, or the mesh's. */
export function scopeOf({ objects, caller }: Context): UserObject | undefined {
  const selectorOf = ({ spec }: UserObject) => spec?.workloadSelector?.labels as Texts | undefined;
  const sidecars = ofKind(objects, "Sidecar");
  const ofNamespace = sidecars.filter(({ $ }) => $.namespace === caller.namespace);
  const ofMesh = sidecars.filter(({ $ }) => $.namespace === meshNamespace);
  const selecting = ofNamespace.find((sidecar) => {
    const selector = selectorOf(sidecar);
    return selector && matchesLabels(selector, caller.labels);
  });
  return selecting ?? [...ofNamespace, ...ofMesh].find((sidecar) => selectorOf(sidecar) === undefined);
}

/** Ports on which a Sidecar's egress lists a host of a namespace; `any` for a listener without port. */
export function listedPorts(
  sidecar: UserObject,
  { namespace, host }: { namespace: string; host: string },
  caller: string,
): (number | "any")[] {
  // in the mesh's own Sidecar a dot is the namespace of each caller
  const dotNamespace = sidecar.$.namespace === meshNamespace ? caller : sidecar.$.namespace;
  return egressOf(sidecar).flatMap(({ hosts = [], port }) => {
    const isListed = hosts.some((pattern) => {
      const [owner = "", name = ""] = pattern.split("/");
      const isOwner = owner === "*" || (owner === "." ? dotNamespace : owner) === namespace;
      return isOwner && matchesHost(name, host);
    });
    return isListed ? [port?.number ?? ("any" as const)] : [];
  });
}

/** True if a Sidecar's egress lists a port, or lists the host for all ports. */
export const includesPort = (listed: readonly (number | "any")[], port: number): boolean =>
  listed.includes("any") || listed.includes(port);
