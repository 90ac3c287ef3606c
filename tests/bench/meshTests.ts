import { cp, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { prepareRun } from "../../automation/commands/try/prepare";
import { readSources } from "../../automation/commands/try/sources";
import { exitCodes } from "../../automation/stack/operation";
import { runningEnvironment } from "../../automation/stack/runningEnvironment";
import { openStack } from "../../automation/stack/stack";
import type { Api } from "../../host/kubernetes";
import { urlParts } from "../../model/trial/requests/urls";
import { run, timed } from "./commands";
import { command } from "./rounds";

const example = path.join("tests", "bench", "mesh");
const tests = "mesh.test.yaml";
/** The example's namespace. */
const namespace = "bench";

/** Times of mesh tests and of a script that does the same by hand, in seconds, and the memory of their pods. */
export interface MeshTestTimes {
  readonly cold: { readonly ours: number; readonly script: number };
  readonly edited: { readonly ours: number; readonly script: number };
  readonly hundred: { readonly ours: number; readonly script: number };
  readonly mebibytes: Memory;
}
export interface Memory {
  readonly standInsAndCallers: number;
  readonly sidecars: number;
}

interface Summary {
  readonly pods: readonly {
    readonly podRef: { readonly namespace: string };
    readonly containers: readonly { readonly name: string; readonly memory?: { readonly workingSetBytes?: number } }[];
  }[];
}

/** Memory of the pods of a run, as the kubelets measure it. */
async function memoryOf(api: Api): Promise<Memory> {
  const { items } = await api.get<{ items: readonly { metadata: { name: string } }[] }>("/api/v1/nodes");
  const summaries = await Promise.all(
    items.map(({ metadata: { name } }) => api.get<Summary>(`/api/v1/nodes/${name}/proxy/stats/summary`)),
  );
  const containers = summaries
    .flatMap(({ pods }) => pods)
    .filter(({ podRef }) => [namespace, "istio-trial"].includes(podRef.namespace))
    .flatMap((pod) => pod.containers);
  const sum = (isCounted: (name: string) => boolean) =>
    containers
      .filter(({ name }) => isCounted(name))
      .reduce((bytes, { memory }) => bytes + (memory?.workingSetBytes ?? 0), 0) /
    2 ** 20;
  return {
    standInsAndCallers: sum((name) => name !== "istio-proxy"),
    sidecars: sum((name) => name === "istio-proxy"),
  };
}

/** The example in a folder of its own, which a measurement may edit. */
async function copied(): Promise<string> {
  const folder = await mkdtemp(path.join(tmpdir(), "mesh-"));
  await cp(example, folder, { recursive: true });
  return folder;
}

const edit = async (folder: string, name: string, change: (text: string) => string) =>
  writeFile(path.join(folder, name), change(await readFile(path.join(folder, name), "utf8")));

const tenfold = (text: string): string => {
  const [head = "", cases = ""] = text.split("cases:\n");
  return `${head}cases:\n${cases.repeat(10)}`;
};

/** Seconds of the same steps by kubectl: apply, wait for every pod, and send each request from the caller's pod. */
class Script {
  private constructor(
    private readonly folder: string,
    private readonly kubeconfig: string,
    private readonly workloads: readonly string[],
    private readonly requests: readonly string[],
  ) {}

  static async open(stack: string, cluster: string): Promise<Script> {
    const folder = await mkdtemp(path.join(tmpdir(), "script-"));
    const { stdout } = await run("k3d", ["kubeconfig", "get", cluster]);
    const kubeconfig = path.join(folder, "kubeconfig");
    await writeFile(kubeconfig, stdout, { mode: 0o600 });
    const sources = await readSources([example]);
    const { plan, tests: all } = await prepareRun(stack, sources, [example]);
    const list = { apiVersion: "v1", kind: "List", items: plan.objects };
    await writeFile(path.join(folder, "objects.json"), JSON.stringify(list));
    const workloads = plan.objects
      .filter(({ kind }) => kind === "Deployment")
      .map(({ metadata }) => `${metadata.namespace}/${metadata.name}`);
    const requests = all.cases.map(({ request: { url, method = "GET", headers = {} } }) => {
      const { host } = urlParts(url);
      const options = JSON.stringify({ method, headers, redirect: "manual" });
      return `fetch(${JSON.stringify(url.replace(host, `${host}.${namespace}`))}, ${options}).then((r) => r.text())`;
    });
    return new Script(folder, kubeconfig, workloads, requests);
  }

  private kubectl(...args: string[]) {
    return run("kubectl", ["--kubeconfig", this.kubeconfig, ...args], { maxBuffer: 1e8 });
  }

  async apply(): Promise<void> {
    await this.kubectl("apply", "-f", path.join(this.folder, "objects.json"));
    for (const workload of this.workloads) {
      const [owner = "", name = ""] = workload.split("/");
      await this.kubectl("rollout", "status", `deployment/${name}`, "-n", owner, "--timeout=180s");
    }
  }

  /** Sends every request, one command each. */
  async send(times: number): Promise<void> {
    for (let i = 0; i < times; i++)
      for (const request of this.requests)
        await this.kubectl(
          "exec",
          "-n",
          namespace,
          "deployment/caller-page",
          "-c",
          "trial",
          "--",
          "node",
          "-e",
          request,
        );
  }

  async close(): Promise<void> {
    await this.kubectl("delete", "-f", path.join(this.folder, "objects.json"), "--ignore-not-found", "--wait=true");
    await rm(this.folder, { recursive: true });
  }
}

/**
 * Measures mesh tests in a running environment: 10 cases from nothing, after an edit, and 100 cases.
 *
 * @param say - receives each part as soon as it is measured
 */
export async function meshTests(stack: string, say: (line: string) => void): Promise<MeshTestTimes> {
  const { api, settings } = await runningEnvironment(await openStack(stack), exitCodes.environment);
  const folder = await copied();
  const shown = async (name: string, work: () => Promise<number>) => {
    const seconds = await work();
    say(`  ${name}: ${seconds.toFixed(1)} s`);
    return seconds;
  };
  const attempt = (name: string) => shown(`mesh test, ${name}`, () => command(`try ${folder} --keep`, stack));
  const [cold, mebibytes, edited, hundred] = await (async () => {
    try {
      const first = await attempt("10 cases");
      const memory = await memoryOf(api);
      await edit(folder, "mesh.yaml", (text) => text.replace("timeout: 1s", "timeout: 2s"));
      const second = await attempt("10 cases after an edit");
      await edit(folder, tests, tenfold);
      return [first, memory, second, await attempt("100 cases")] as const;
    } finally {
      await command("try --remove", stack);
      await rm(folder, { recursive: true });
    }
  })();
  const script = await Script.open(stack, settings.clusterName);
  const applyAndSend = (name: string, times: number) =>
    shown(`script, ${name}`, () =>
      timed(async () => {
        await script.apply();
        await script.send(times);
      }),
    );
  try {
    return {
      cold: { ours: cold, script: await applyAndSend("10 requests", 1) },
      edited: { ours: edited, script: await applyAndSend("10 requests again", 1) },
      hundred: { ours: hundred, script: await applyAndSend("100 requests", 10) },
      mebibytes,
    };
  } finally {
    await script.close();
  }
}
