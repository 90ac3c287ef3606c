import versions from "../../versions.json";
import type { Environment } from "./environment";

/** Ways in which a version of the app answers. */
const behaviours = {
  "is healthy": "",
  "hangs in 10 %": "if (Math.random() < 0.1) return;",
  "is cut off in 2 %":
    "if (Math.random() < 0.02) { response.writeHead(200, { 'content-length': 1000 }); response.write('half'); setTimeout(() => response.destroy(), 20); return; }",
  "answers 404": "response.statusCode = 404;",
  "starts cold": "if (++answers < 200) { setTimeout(() => response.end(text), 300); return; }",
  "fails in 1 %": "if (Math.random() < 0.01) response.statusCode = 500;",
  "fails in 20 %": "if (Math.random() < 0.2) response.statusCode = 500;",
} as const;
export type VersionBehaviour = keyof typeof behaviours;

const source = (behaviour: VersionBehaviour, version: string): string => `
const text = "Hello, world!\\nVersion: ${version}\\n";
let answers = 0;
require("node:http").createServer((request, response) => {
  if ((request.headers["user-agent"] || "").startsWith("kube-probe")) return response.end("ok");
  ${behaviours[behaviour]}
  response.end(text);
}).listen(8080);
process.on("SIGTERM", () => process.exit(0));`;

/** Replaces the image of a version by a small server that behaves so, and waits until its pods serve. */
export async function behave(
  environment: Environment,
  version: "v1" | "v2",
  behaviour: VersionBehaviour,
): Promise<void> {
  const deployment = `deployment/helloworld-${version}`;
  const container = {
    name: "helloworld",
    image: versions.appBase,
    command: ["node", "--eval", source(behaviour, version === "v1" ? "1.0.0" : "2.0.0")],
    resources: { limits: { memory: "256Mi" } },
    securityContext: { runAsUser: 65534 },
  };
  const patch = JSON.stringify({ spec: { template: { spec: { containers: [container] } } } });
  await environment.kubectl("patch", "-n", "helloworld", deployment, "--patch", patch);
  await environment.kubectl("rollout", "status", "-n", "helloworld", deployment, "--timeout=120s");
}
