import { mkdir, writeFile } from "node:fs/promises";
import { type Finding, findingsTable, junit } from "../../../model/verification/findings";
import { type LessonStep, lessonPage, lessonSteps } from "../../../model/verification/lessonSteps";
import { routesToNodes } from "../../stack/host";
import { exitCodes, OperationFailed } from "../../stack/operation";
import { stackOption } from "../../stack/project";
import { make } from "./check";
import { clusterChecks } from "./clusterChecks";
import { doorChecks } from "./doorChecks";
import { loginChecks } from "./loginChecks";
import { meshChecks } from "./meshChecks";
import { pageChecks } from "./pageChecks";
import { picture } from "./picture";
import { proxyChecks } from "./proxyChecks";
import { routeChecks } from "./routeChecks";
import { withSubject } from "./subject";
import { tokenChecks } from "./tokenChecks";

/**
 * Replays the scenario against the running environment and writes what was seen to report/verify.json, verify.xml and lesson.md.
 *
 * All that it makes is in a namespace of its own, which it removes.
 *
 * @throws OperationFailed where there is no environment to look at
 */
export async function verify(stackName: string, say = (_line: string): void => {}): Promise<readonly Finding[]> {
  await mkdir("report", { recursive: true });
  let lesson: readonly LessonStep[] = [];
  const findings = await withSubject(stackName, async (subject) => {
    const checks = [
      ...clusterChecks,
      ...proxyChecks,
      ...pageChecks,
      ...doorChecks,
      ...routeChecks,
      ...tokenChecks,
      ...loginChecks,
      ...meshChecks,
    ];
    const host = { routesToNodes: await routesToNodes() };
    const made: Finding[] = [];
    for (const check of checks.filter(({ when }) => when?.(subject.settings, host) ?? true))
      made.push(await make(check, subject));
    lesson = lessonSteps(subject.settings, subject.ingressIp, stackOption(stackName));
    // an environment that cannot be looked at has failed its checks already
    await picture(subject).then(
      (svg) => writeFile("report/environment.svg", svg),
      (error: Error) => say(`no picture: ${error.message}`),
    );
    return made;
  });
  findings.sort((a, b) => a.step - b.step);
  await writeFile("report/verify.json", `${JSON.stringify(findings, null, 2)}\n`);
  await writeFile("report/verify.xml", junit(findings));
  await writeFile("report/lesson.md", lessonPage(lesson, findings));
  say(findingsTable(findings));
  return findings;
}

/** @throws OperationFailed with 1 where something is not as the scenario says, with 3 where a check could not be made */
export function refuseFindings(findings: readonly Finding[]): void {
  if (findings.some(({ outcome }) => outcome === "fail"))
    throw new OperationFailed("the environment is not as the scenario says", exitCodes.failed);
  if (findings.some(({ outcome }) => outcome === "unknown"))
    throw new OperationFailed("not every check could be made", exitCodes.inconclusive);
}
