import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { openStack } from "../../automation/stack/stack";
import { Api } from "../../host/kubernetes";
import { kubeconfig } from "../../k3d/api";
import { cachedRegistries, removeCaches } from "../../k3d/imageCache";
import { app, caFile, project } from "../../model/names";
import type { Settings } from "../../model/settings/contract";
import { virtualServiceSpec } from "../../model/traffic/traffic";
import { Invocation } from "../faults/invocation";
import { machineReads } from "../support/machine";
import { newestIstios } from "../support/machineVersions";
import { longest, Program, run, timed } from "./commands";
import { criticalPath } from "./criticalPath";
import { watchMemory } from "./memory";
import { clusterMoments } from "./moments";
import { answers, probe, since } from "./probe";
import { type Kept, kept, timedSteps } from "./state";
import { type Step, watchProcessors } from "./timeline";

const progress = /^ +\d+ s {2}(creating|created|reading|read) +\S+ (\S+)$/;

/** Seconds of an up from nothing until the app answers, of its critical path alone, and its timeline. */
export async function fromNothing(stack: string, settings: Settings) {
  const begins = new Map<string, number>();
  const steps: Step[] = [];
  const processors = watchProcessors();
  const [begun, begunAt] = [performance.now(), Date.now()];
  const invocation = new Invocation("up", stack);
  const ended = watchMemory(invocation.pid, titleOf("up"));
  await invocation.reaches((line) => {
    const [, what, name = ""] = progress.exec(line) ?? [];
    if (what === "creating") begins.set(name, since(begun));
    if (what === "created") steps.push({ name, begins: begins.get(name) ?? since(begun), ends: since(begun) });
    return false;
  });
  const { code, lines } = await invocation.end();
  ended();
  const samples = processors();
  if (code !== 0) throw new Error(`up failed:\n${lines.join("\n")}`);
  const ca = await readFile(caFile(stack), "utf8");
  await probe(settings, ca, answers);
  const total = since(begun);
  const resources = await kept(await openStack(stack));
  const took = new Map(steps.map(({ name, begins, ends }) => [name, ends - begins]));
  const path = criticalPath(timedSteps(resources, took));
  const moments = await clusterMoments(new Api(await kubeconfig(settings.clusterName)), begunAt);
  const timeline = { steps, samples, chain: path.names, seconds: total, moments };
  return { seconds: total, path, resources, ca, timeline };
}

/** Command as a person types it, without its arguments. */
const titleOf = (action: string): string => (action === "up" ? "npm start" : `npm run ${action.split(" ")[0]}`);

/** Seconds in which a command of the driver ends well. @throws Error if it fails, or takes longer than any measurement */
export async function command(action: string, stack: string, title = titleOf(action)): Promise<number> {
  const invocation = new Invocation(action, stack);
  const end = watchMemory(invocation.pid, title);
  const deadline = setTimeout(() => void invocation.kill(), longest);
  const { code, seconds, lines } = await invocation.end();
  clearTimeout(deadline);
  end();
  if (code !== 0) throw new Error(`${action} ${code === null ? "was killed" : "failed"}:\n${lines.join("\n")}`);
  return seconds;
}

/** Seconds of one more up after an up was killed at a step. */
export async function recovery(stack: string, step: number): Promise<number> {
  const killed = new Invocation("up", stack);
  await killed.reaches((_, changes) => changes === step);
  await killed.kill();
  return command("up", stack);
}

const configure = (stack: string, key: string, ...value: string[]) =>
  run("pulumi", ["config", value.length > 0 ? "set" : "rm", `${project}:${key}`, ...value, "--stack", stack]);

/** Seconds of an up from nothing whose nodes pull through caches, which an up before filled and its destroy left. */
export async function throughCaches(stack: string, settings: Settings): Promise<number> {
  const before = await cachedRegistries();
  await configure(stack, "imageCache", "true");
  try {
    await command("up", stack);
    await command("destroy", stack);
    const { seconds } = await fromNothing(stack, settings);
    return seconds;
  } finally {
    await command("destroy", stack);
    await configure(stack, "imageCache", ...(settings.imageCache ? ["true"] : []));
    if (before?.length === 0) await removeCaches();
  }
}

/**
 * Seconds of an upgrade from the oldest minor of Istio that the stack's chart repository has to the next one.
 *
 * @throws Error if it has one minor only
 */
export async function upgrading(stack: string, settings: Settings): Promise<number> {
  const { istioChartRepository, istioHub, istioVersion } = settings;
  const [from, to] = await newestIstios({ istioChartRepository, istioHub }, machineReads);
  if (from === undefined || to === undefined) throw new Error(`${istioChartRepository} has no two minors of Istio`);
  await configure(stack, "istioVersion", from);
  try {
    await command("up", stack);
    return await command(`upgrade --to ${to}`, stack);
  } finally {
    await command("destroy", stack);
    await configure(stack, "istioVersion", istioVersion);
  }
}

/** Seconds from a command that changes the weight to the first answer by it: ours, and kubectl's. */
export async function weightChange(stack: string, settings: Settings, ca: string, resources: readonly Kept[]) {
  const effect = async (weight: number, work: () => Promise<unknown>) => {
    // it may end after its effect, but has to end well
    const answered = timed(() => probe(settings, ca, (answer) => answer.weight === weight));
    const [seconds] = await Promise.all([answered, work()]);
    return seconds;
  };
  const [first, second] = [settings.canaryWeight + 1, settings.canaryWeight + 2].map((weight) => weight % 101);
  const weight = `${project}:canaryWeight=${first}`;
  const ours = await effect(first ?? 0, () =>
    new Program(stack).pulumi("up", "--yes", "--skip-preview", "--config", weight),
  );
  const spec = virtualServiceSpec({ ...settings, canaryWeight: second ?? 0 });
  const folder = await mkdtemp(path.join(tmpdir(), "kubeconfig-"));
  const file = path.join(folder, "kubeconfig");
  await writeFile(file, await kubeconfig(settings.clusterName), { mode: 0o600 });
  const patch = [
    "patch",
    "virtualservice",
    app.name,
    "-n",
    app.namespace,
    "--type=merge",
    "-p",
    JSON.stringify({ spec }),
  ];
  const reference = await effect(second ?? 0, () => run("kubectl", ["--kubeconfig", file, ...patch]));
  await rm(folder, { recursive: true });
  await configure(stack, "canaryWeight", String(settings.canaryWeight));
  if (resources.length === 0) throw new Error("nothing was up");
  return { ours, reference };
}
