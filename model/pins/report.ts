import versions from "../../versions.json";
import { minorOf, supportedIstio } from "../mesh/versions";
import { type CommandWriter, forNpm, problemOf, run } from "../output/remedy";
import { columns } from "../output/table";
import type { Settings } from "../settings/contract";
import { type Pin, placeOf } from "./pins";
import { isSame, newestByMinor, newestVersion } from "./releases";

/** Releases of a pinned part, or the error that kept them unknown. */
export interface PinReleases {
  readonly pin: Pin;
  readonly releases: readonly string[] | Error;
}

/** Versions of a part that a user may change to, newest last. */
function candidates({ pin: { name }, releases }: PinReleases, istio: string): readonly string[] {
  if (releases instanceof Error) return [];
  if (name === "Istio") return newestByMinor(releases, Object.keys(supportedIstio));
  if (name === "MetalLB") return newestByMinor(releases, versions.supported.metallb);
  const works = supportedIstio[minorOf(istio)]?.kubernetes ?? [];
  if (name.startsWith("Kubernetes")) return newestByMinor(releases, works).slice(-1);
  return [newestVersion(releases) ?? []].flat();
}

/** Note about the newest release if versions.json does not list its minor as supported. Empty otherwise. */
function unsupportedNote({ pin: { name }, releases }: PinReleases, known: readonly string[]): string {
  const last = name === "Istio" && !(releases instanceof Error) ? newestVersion(releases) : undefined;
  return last === undefined || known.includes(last) ? "" : `; ${last} is not supported yet`;
}

function rowOf(part: PinReleases, istio: string): string[] {
  const { pin, releases } = part;
  if (releases instanceof Error) return [pin.name, pin.version, "unknown", problemOf(releases)];
  const shown = candidates(part, istio);
  const last = shown.at(-1);
  const text = last !== undefined && isSame(last, pin.version) && shown.length === 1 ? "the same" : shown.join(", ");
  return [pin.name, pin.version, text || "unknown", `${placeOf(pin.source)}${unsupportedNote(part, shown)}`];
}

/** Minors such as 1.32, 1.33 and 1.34 as "1.32 to 1.34". */
const rangeText = (minors: readonly string[]): string => `${minors[0]} to ${minors.at(-1)}`;

type Used = Pick<Settings, "istioVersion" | "k3sVersion" | "cluster">;

/** Table of the pinned and the newest versions, and of the versions that work together. */
export function versionsReport(parts: readonly PinReleases[], used: Used, commands: CommandWriter = forNpm()): string {
  const works = Object.entries(supportedIstio).map(([minor, { kubernetes, gatewayApi }]) => [
    ...[minor, rangeText(kubernetes), gatewayApi],
  ]);
  const { k3d, pulumi, node } = versions.supported.minimum;
  const kubernetes =
    used.cluster === "existing" ? "the cluster that you have" : `Kubernetes ${minorOf(used.k3sVersion)}`;
  return [
    ...columns([["part", "pinned", "newest", "listed by"], ...parts.map((pin) => rowOf(pin, used.istioVersion))]),
    "",
    ...columns([["Istio", "Kubernetes", "Gateway API"], ...works]),
    "",
    `MetalLB ${versions.supported.metallb.join(" and ")}; at least k3d ${k3d}, Pulumi ${pulumi}, Node ${node}`,
    `the stack uses Istio ${used.istioVersion} with ${kubernetes}; another Istio: ${commands(run("upgrade", "--to VERSION"))}`,
  ].join("\n");
}
