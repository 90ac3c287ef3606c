import type { Api } from "./kubernetes";

/**
 * Returns the answer of the admin interface of a pod's Envoy, by the agent beside it.
 *
 * @param path - such as config_dump or stats, with its query
 * @param seconds - timeout; @default 10
 * @throws Error if the pod, the agent or Envoy does not answer
 */
export const askEnvoy = (
  api: Pick<Api, "execute">,
  { namespace, name }: { readonly namespace: string; readonly name: string },
  path: string,
  seconds = 10,
): Promise<string> =>
  api.execute(namespace, name, ["pilot-agent", "request", "GET", path], { container: "istio-proxy", seconds });
