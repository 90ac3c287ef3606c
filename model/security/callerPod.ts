import versions from "../../versions.json";
import { restrictedContainer, restrictedPod } from "./podSecurity";

/** Name of the container whose output shows the results of its calls. */
export const callerContainer = "caller";

/** A pod that runs one shell script with curl, once. A sidecar is ready before the script starts. */
export const callerPod = (name: string, script: string, labels?: Readonly<Record<string, string>>) => ({
  metadata: {
    name,
    ...(labels && { labels }),
    annotations: { "proxy.istio.io/config": JSON.stringify({ holdApplicationUntilProxyStarts: true }) },
  },
  spec: {
    restartPolicy: "Never",
    terminationGracePeriodSeconds: 0,
    securityContext: restrictedPod(),
    containers: [
      {
        name: callerContainer,
        image: versions.curlImage,
        command: ["sh", "-c", script],
        securityContext: restrictedContainer,
      },
    ],
  },
});
