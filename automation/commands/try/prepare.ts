import { createHash } from "node:crypto";
import { readdir, readFile } from "node:fs/promises";
import path from "node:path";
import type { Dataplane } from "../../../model/mesh/ambient";
import { none } from "../../../model/settings/forms";
import { readInput } from "../../../model/trial/input";
import { sizeProblems } from "../../../model/trial/manifests/rules";
import { type Problem, problemLines, type Source } from "../../../model/trial/manifests/source";
import { makePlan, type Plan } from "../../../model/trial/plan";
import versions from "../../../versions.json";
import { exitCodes, OperationFailed } from "../../stack/operation";
import { tokenKey } from "./tokens";

/** @throws OperationFailed with every problem, if there is one */
export function refuseProblems(problems: readonly Problem[]): void {
  if (problems.length === 0) return;
  const head = `${problems.length} problem${problems.length === 1 ? "" : "s"} in your files; nothing was applied:`;
  throw new OperationFailed([head, ...problemLines(problems)].join("\n"), exitCodes.config);
}

/** Reads the programs that pods run, by file. */
async function programs(): Promise<Record<string, string>> {
  const folder = path.join("trial", "pods");
  const names = (await readdir(folder)).filter((name) => name.endsWith(".mjs")).sort();
  const texts = await Promise.all(names.map((name) => readFile(path.join(folder, name), "utf8")));
  return Object.fromEntries(names.map((name, i) => [name, texts[i] ?? ""]));
}

/**
 * Returns everything that a run needs, or throws all problems at once.
 *
 * @param how.earlier - true for the files of an earlier revision, which may lack what cases name
 * @param how.pullSecret - the environment's credentials for images
 * @param how.dataplane - of the environment
 */
export async function prepareRun(
  stack: string,
  sources: readonly Source[],
  paths: readonly string[],
  how: { readonly earlier?: boolean; readonly pullSecret?: string; readonly dataplane?: Dataplane } = {},
) {
  const { earlier = false, pullSecret = none, dataplane = "sidecar" } = how;
  const { manifests, tests: allTests, problems } = readInput(sources);
  const { key, jwks } = await tokenKey(stack);
  const texts = await programs();
  const args = {
    stack,
    image: versions.appBase,
    programs: texts,
    digest: createHash("sha256").update(JSON.stringify(texts)).digest("hex").slice(0, 12),
    jwks,
    dataplane,
    ...(pullSecret !== none && { pullSecret }),
  };
  // a case may name what an earlier revision does not have
  const lacking = earlier ? makePlan(manifests, allTests, args).problems : [];
  const cases = allTests.cases.filter(
    ({ file, line }) => !lacking.some((problem) => problem.file === file && problem.line === line),
  );
  const tests = { ...allTests, cases };
  const { plan, problems: planProblems } = makePlan(manifests, tests, args);
  refuseProblems([
    ...problems,
    ...planProblems,
    ...sizeProblems(paths[0] ?? "-", manifests.objects, tests, podCount(plan)),
  ]);
  return { plan, tests, key, jwks };
}

/** Pods that a plan starts. */
const podCount = ({ objects }: Plan): number =>
  objects
    .filter(({ kind }) => kind === "Deployment" || kind === "StatefulSet")
    .reduce((sum, { spec }) => sum + Number(spec?.replicas ?? 1), 0);
