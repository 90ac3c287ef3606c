import { mkdir, writeFile } from "node:fs/promises";
import { type CheckResult, checkCounts, checkTable, junitReport } from "../../../model/checks/result";
import { type LessonStep, lessonPage, lessonSteps } from "../../../model/verification/lesson/page";
import { environmentPage } from "../../../model/verification/picture/page";
import { runCheck } from "../../stack/check";
import { routesToNodes } from "../../stack/dockerRoutes";
import { exitCodes, OperationFailed } from "../../stack/operation";
import { commandsFor, stackOption } from "../../stack/project";
import { ambientChecks } from "./ambientChecks";
import { clusterChecks } from "./clusterChecks";
import { withContext } from "./context";
import { readExercises } from "./exercises";
import { ingressChecks } from "./ingressChecks";
import { loginChecks } from "./loginChecks";
import { meshChecks } from "./meshChecks";
import { pageChecks } from "./pageChecks";
import { drawEnvironment } from "./picture";
import { proxyChecks } from "./proxyChecks";
import { routeChecks } from "./routeChecks";
import { tokenChecks } from "./tokenChecks";

/**
 * Runs the checks of the scenario, and writes the results to report/verify.json, verify.xml, lesson.md and environment.html.
 *
 * Everything that it creates belongs to a namespace of its own, which it removes.
 *
 * @throws OperationFailed if the environment is not up
 */
export async function verify(stackName: string, say = (_line: string): void => {}): Promise<readonly CheckResult[]> {
  await mkdir("report", { recursive: true });
  let lesson: readonly LessonStep[] = [];
  let drawn: string | undefined;
  const findings = await withContext(stackName, say, async (context) => {
    const checks = [
      ...clusterChecks,
      ...proxyChecks,
      ...pageChecks,
      ...ingressChecks,
      ...routeChecks,
      ...tokenChecks,
      ...loginChecks,
      ...meshChecks,
      ...ambientChecks,
    ];
    const host = { routesToNodes: await routesToNodes() };
    const results: CheckResult[] = [];
    for (const check of checks.filter(({ when }) => when?.(context.settings, host) ?? true))
      results.push(await runCheck(check, context));
    lesson = lessonSteps(context.settings, context.ingressIp, stackOption(stackName));
    // an environment that does not answer has failed its checks already
    drawn = await drawEnvironment(context).catch((error: Error) => {
      say(`no picture: ${error.message}`);
      return undefined;
    });
    return results;
  });
  findings.sort((a, b) => (a.step ?? 0) - (b.step ?? 0));
  await writeFile("report/verify.json", `${JSON.stringify(findings, null, 2)}\n`);
  await writeFile("report/verify.xml", junitReport(findings));
  await writeFile(
    "report/lesson.md",
    lessonPage(lesson, { results: findings, exercises: readExercises(), stack: stackOption(stackName) }),
  );
  const commands = commandsFor(stackName);
  if (drawn !== undefined) await writeFile("report/environment.svg", drawn);
  await writeFile("report/environment.html", environmentPage(drawn, findings, commands));
  say(`${checkTable(findings, commands)}\n\n${checkCounts(findings)}`);
  return findings;
}

/** @throws OperationFailed with 1 if a check failed, with 3 if a check could not be made */
export function refuseFindings(findings: readonly CheckResult[]): void {
  if (findings.some(({ outcome }) => outcome === "failed"))
    throw new OperationFailed("the environment is not as the scenario says", exitCodes.failed);
  if (findings.some(({ outcome }) => outcome === "unknown"))
    throw new OperationFailed("not every check could be made", exitCodes.inconclusive);
}
