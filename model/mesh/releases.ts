import { gateway, meshNamespace, metallbNamespace } from "../names";
import type { Settings } from "../settings/contract";
import { none } from "../settings/forms";
import { ambientReleases } from "./ambient";
import { crdsRelease } from "./gatewayApi";
import { istiodOf } from "./revisions";

/** The settings that decide about the names of releases. */
type ReleaseSettings = Pick<Settings, "istioVersion" | "nextIstioVersion" | "dataplane" | "routing">;

/** The Helm releases that the program creates from these settings, as NAMESPACE/NAME. */
export function releaseNames({ istioVersion, nextIstioVersion, dataplane, routing }: ReleaseSettings): string[] {
  const onNodes = dataplane === "ambient" ? Object.values(ambientReleases) : [];
  const versions = [istioVersion, nextIstioVersion].filter((version) => version !== none);
  const crds = routing === "gateway-api" ? [crdsRelease] : [];
  const inMesh = ["istio-base", ...crds, ...versions.map(istiodOf), ...onNodes, gateway.release];
  return [`${metallbNamespace}/metallb`, ...inMesh.map((name) => `${meshNamespace}/${name}`)];
}

/** Namespaces of the program's releases. */
export const releaseNamespaces = [metallbNamespace, meshNamespace] as const;

/** A revision of a Helm release. */
interface Revision {
  readonly namespace: string;
  readonly release: string;
  readonly status: string;
}

/**
 * Returns the revisions that a killed operation left behind: pending ones, and ones that the state does not contain,
 * because the kill came before the state was written. Ignores all releases that are not of the program.
 *
 * @param created - releases that the program creates, as NAMESPACE/NAME
 * @param known - releases in the stack's state, likewise. An earlier version may have created them under another name
 */
export function abandonedRevisions<Item extends Revision>(
  revisions: readonly Item[],
  created: readonly string[],
  known: ReadonlySet<string>,
): Item[] {
  return revisions.filter(({ namespace, release, status }) => {
    const name = `${namespace}/${release}`;
    return known.has(name) ? status.startsWith("pending-") : created.includes(name);
  });
}
