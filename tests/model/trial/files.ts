import { readInput } from "../../../model/trial/input";
import { makePlan } from "../../../model/trial/plan";

/** Reads one manifest file and one test file, as a run does. */
export const inputOf = (manifests: string, tests = "") =>
  readInput([{ file: "mesh.yaml", text: manifests }, ...(tests ? [{ file: "mesh.test.yaml", text: tests }] : [])]);

/** The plan for both files, with every problem as a run prints it. */
export function planOf(
  manifests: string,
  tests = "cases: [{ it: answers, request: http://web.shop/, expect: 200 }]",
  more: { readonly pullSecret?: string; readonly dataplane?: "sidecar" | "ambient" } = {},
) {
  const input = inputOf(manifests, tests);
  const args = { stack: "dev", image: "node:22", programs: { "server.mjs": "" }, jwks: '{"keys":[]}', ...more };
  const { plan, problems } = makePlan(input.manifests, input.tests, args);
  const all = [...input.problems, ...problems];
  return {
    plan,
    tests: input.tests,
    problemLines: all.map(({ file, line, message }) => `${file}:${line}: ${message}`),
  };
}

export const shop = `apiVersion: v1
kind: Namespace
metadata: { name: shop, labels: { istio-injection: enabled } }
---
apiVersion: v1
kind: Service
metadata: { name: web, namespace: shop }
spec: { selector: { app: web }, ports: [{ name: http, port: 80, targetPort: 8080 }] }
`;
