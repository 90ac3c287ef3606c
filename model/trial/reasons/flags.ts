/** Envoy's response flags (https://www.envoyproxy.io/docs/envoy/latest/configuration/observability/access_log/usage#response-flags). */
const meanings: Readonly<Record<string, string>> = {
  NR: "no route matches the host and path, or no filter chain matches the connection",
  NC: "the route leads to a subset or Service for which this proxy has no cluster",
  UH: "the cluster has no healthy pod",
  UF: "the connection to the pod failed",
  UC: "the pod ended the connection before it answered",
  UR: "the pod reset the request",
  UT: "the route's timeout ended the request",
  UO: "the circuit breaker of connectionPool refused the request",
  UPE: "the pod's answer does not speak the protocol that the proxy expects",
  URX: "the retries or connection attempts are used up",
  DC: "the caller ended the connection",
  DI: "the route's fault injected a delay",
  FI: "the route's fault injected an abort",
  RL: "a rate limit refused the request",
  UAEX: "an external authorizer refused the request",
  LR: "the connection was reset locally",
  DPE: "the request does not speak the protocol that the port expects",
  IH: "a header of the request has an invalid value",
  SI: "the idle timeout of the stream ended the request",
};

/** Meaning of a response flag. */
export const flagMeaning = (flag: string): string => `${flag}: ${meanings[flag] ?? "see Envoy's response flags"}`;
