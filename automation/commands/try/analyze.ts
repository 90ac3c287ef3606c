import { capture } from "../../../host/process";
import { type AnalyzerMessage, analyzerHints } from "../../../model/trial/manifests/analyzer";
import type { UserObject } from "../../../model/trial/manifests/objects";

/** Analyzes standard input; exit code 79 means that something was found. */
const command = "istioctl analyze -A --use-kube=false -o json - || [ $? = 79 ]";

/** Messages of `istioctl analyze` about the manifests. Empty if it is not installed, since they are no verdict. */
export async function analyzeManifests(objects: readonly UserObject[]): Promise<string[]> {
  const input = JSON.stringify({ apiVersion: "v1", kind: "List", items: objects.map(({ $: _, ...object }) => object) });
  try {
    const messages = JSON.parse(await capture("sh", ["-c", command], { input, seconds: 20 })) as
      | AnalyzerMessage[]
      | null;
    return analyzerHints(messages ?? [], objects);
  } catch {
    return [];
  }
}
