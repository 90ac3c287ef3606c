import { gateway, meshNamespace } from "../../model/names";
import { markdownTable } from "../../model/output/table";
import { median } from "./table";

export const dataplanes = ["sidecar", "ambient"] as const;
export type Dataplane = (typeof dataplanes)[number];

/** Usage of the containers of one node, as its kubelet measures it. */
export interface Summary {
  readonly pods: readonly {
    readonly podRef: { readonly namespace: string; readonly name: string };
    readonly containers?: readonly {
      readonly name: string;
      readonly memory?: { readonly workingSetBytes?: number };
      readonly cpu?: { readonly usageNanoCores?: number };
    }[];
  }[];
}

/** Parts of Istio in the order of the table. */
const parts = ["istiod", "ingress gateway", "sidecars of the app", "ztunnel", "istio-cni"] as const;
type Part = (typeof parts)[number];

interface Use {
  readonly mebibytes: number;
  readonly millicores: number;
}
type Usage = ReadonlyMap<Part, Use>;

/** An environment of one dataplane under load. */
export interface Measured {
  readonly dataplane: Dataplane;
  /** Seconds of the up from nothing. */
  readonly seconds: number;
  readonly usages: readonly Usage[];
}

/** The part of Istio that a container is. The container of ztunnel has the name of a sidecar. */
function partOf(namespace: string, pod: string, container: string): Part | undefined {
  if (container === "discovery") return "istiod";
  if (container === "install-cni") return "istio-cni";
  if (container !== "istio-proxy") return undefined;
  if (namespace !== meshNamespace) return "sidecars of the app";
  return pod.startsWith(gateway.release) ? "ingress gateway" : "ztunnel";
}

/** Memory and CPU of each part on all nodes. */
export function usageOf(nodes: readonly Summary[]): Usage {
  const usage = new Map<Part, Use>();
  for (const { podRef, containers = [] } of nodes.flatMap(({ pods }) => pods))
    for (const { name, memory, cpu } of containers) {
      const part = partOf(podRef.namespace, podRef.name, name);
      if (part === undefined) continue;
      const { mebibytes, millicores } = usage.get(part) ?? { mebibytes: 0, millicores: 0 };
      usage.set(part, {
        mebibytes: mebibytes + (memory?.workingSetBytes ?? 0) / 2 ** 20,
        millicores: millicores + (cpu?.usageNanoCores ?? 0) / 1e6,
      });
    }
  return usage;
}

/** The median of what a part used in each sample. Zero for a part that the dataplane does not have. */
function usual({ usages }: Measured, part: Part): Use {
  const of = (field: keyof Use) => median(usages.map((usage) => usage.get(part)?.[field] ?? 0));
  return { mebibytes: of("mebibytes"), millicores: of("millicores") };
}

const cells = ({ mebibytes, millicores }: Use): string[] =>
  mebibytes === 0 ? ["–", "–"] : [mebibytes.toFixed(0), millicores.toFixed(0)];

/** Sidecars beside ambient, as a Markdown table. */
export function proxyTable(measured: readonly Measured[]): string {
  const sum = (one: Measured): Use =>
    parts
      .map((part) => usual(one, part))
      .reduce((all, use) => ({
        mebibytes: all.mebibytes + use.mebibytes,
        millicores: all.millicores + use.millicores,
      }));
  const row = (title: string, each: (one: Measured) => readonly string[]) => [title, ...measured.flatMap(each)];
  return markdownTable([
    row("part", ({ dataplane }) => [`${dataplane}: memory in MiB`, "CPU in millicores"]),
    ...parts.map((part) => row(part, (one) => cells(usual(one, part)))),
    row("all of Istio", (one) => cells(sum(one))),
    row("up from nothing", ({ seconds }) => [`${seconds.toFixed(0)} s`, ""]),
  ]).join("\n");
}
