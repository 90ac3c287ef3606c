import { readFileSync } from "node:fs";
import { Api } from "../../host/kubernetes";

/** Usage of a container, as a kubelet measures it. */
interface Container {
  readonly name: string;
  readonly memory?: { readonly workingSetBytes?: number };
  readonly cpu?: { readonly usageNanoCores?: number };
}
interface Summary {
  readonly pods: readonly {
    readonly podRef: { readonly namespace: string; readonly name: string };
    readonly containers?: readonly Container[];
  }[];
}

/** Containers of Istio: its proxies, which ztunnel's container is too by its name, istio-cni and istiod. */
const ofIstio: readonly string[] = ["istio-proxy", "install-cni", "discovery"];

/** Prints the memory and CPU of each of Istio's containers in a running environment, as a Markdown table. */
async function main(kubeconfig: string): Promise<void> {
  const api = new Api(readFileSync(kubeconfig, "utf8"));
  const { items } = await api.get<{ items: readonly { metadata: { name: string } }[] }>("/api/v1/nodes");
  const summaries = await Promise.all(
    items.map(({ metadata: { name } }) => api.get<Summary>(`/api/v1/nodes/${name}/proxy/stats/summary`)),
  );
  const rows = summaries
    .flatMap(({ pods }) => pods)
    .flatMap(({ podRef, containers = [] }) => containers.map((container) => ({ podRef, ...container })))
    .filter(({ name }) => ofIstio.includes(name))
    .map(({ podRef, memory, cpu }) => ({
      pod: `${podRef.namespace}/${podRef.name}`,
      mebibytes: (memory?.workingSetBytes ?? 0) / 2 ** 20,
      millicores: (cpu?.usageNanoCores ?? 0) / 1e6,
    }));
  const sum = (field: "mebibytes" | "millicores") => rows.reduce((all, row) => all + row[field], 0);
  const all = [...rows, { pod: "all of Istio", mebibytes: sum("mebibytes"), millicores: sum("millicores") }];
  const lines = all.map(
    ({ pod, mebibytes, millicores }) => `| ${pod} | ${mebibytes.toFixed(0)} | ${millicores.toFixed(0)} |`,
  );
  console.log(["| pod | memory in MiB | CPU in millicores |", "| --- | --- | --- |", ...lines].join("\n"));
}

void main(process.env["KUBECONFIG"] ?? "");
