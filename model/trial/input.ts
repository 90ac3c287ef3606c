import type { CallerSpec, Tests, WorkloadSpec } from "./format/cases";
import { isForeign, readForeign } from "./format/foreign";
import { readTestFile } from "./format/testFile";
import { withoutWaypoints } from "./manifests/ambientParts";
import { parseDocuments } from "./manifests/documents";
import { type Manifests, readManifests } from "./manifests/objects";
import { withoutRightsOfOthers } from "./manifests/rules";
import { isTestFile, type Problem, type Source } from "./manifests/source";

/** Everything that a run reads. */
export interface Input {
  readonly manifests: Manifests;
  readonly tests: Tests;
  readonly problems: readonly Problem[];
}

/** Two test files of one run that mean different things by one name. */
function merged<T>(
  pairs: readonly (readonly [string, T & { readonly file: string; readonly line: number }])[],
  what: string,
) {
  const byName = new Map<string, T>();
  const problems: Problem[] = [];
  for (const [name, value] of pairs) {
    if (byName.has(name))
      problems.push({ file: value.file, line: value.line, message: `${what} ${name} is defined twice` });
    byName.set(name, value);
  }
  return { byName, problems };
}

/** Reads manifests and test files, with every problem at once. */
export function readInput(sources: readonly Source[]): Input {
  const foreign = sources.filter((source) => !isTestFile(source.file) && isForeign(source));
  const files = sources.filter((source) => !isTestFile(source.file) && !foreign.includes(source));
  const manifests = withoutWaypoints(withoutRightsOfOthers(readManifests(files)));
  const parsed = sources.filter(({ file }) => isTestFile(file)).map(parseDocuments);
  const read = parsed.flatMap(({ documents }) => documents.map(readTestFile));
  const foreignFiles = foreign.map((source) => readForeign(source, manifests.objects));
  const callers = merged<CallerSpec>(
    read.flatMap((file) => file.callers),
    "caller",
  );
  const workloads = merged<WorkloadSpec>(
    read.flatMap((file) => file.workloads),
    "workload",
  );
  return {
    manifests,
    tests: {
      callers: callers.byName,
      workloads: workloads.byName,
      cases: [...read, ...foreignFiles].flatMap(({ cases }) => cases),
    },
    problems: [
      ...manifests.problems,
      ...parsed.flatMap(({ problems }) => problems),
      ...read.flatMap(({ problems }) => problems),
      ...foreignFiles.flatMap(({ problems }) => problems),
      ...callers.problems,
      ...workloads.problems,
    ],
  };
}
