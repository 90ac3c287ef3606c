import type { Comparison } from "./table";

/** The steps of a command that changes nothing or little, none of which can begin before the one before it. */
const chain =
  "one after the other, Pulumi and its SDK start, the program loads, the cluster is looked at, and the provider of Kubernetes starts " +
  "and compares its resources; a provider that starts before its kubeconfig is known would shorten it";

const pods = "the pods of the servers and callers with their sidecars start on as many processors as the machine has";

/** Everything that is measured, in the order of the page. */
export const comparisons = {
  script: {
    ...{ name: "up from nothing", against: "the same steps in a script", goal: 0.8 },
    limit:
      "most of the time passes in one chain of steps; nodes that start and images that come faster would shorten it",
  },
  path: {
    ...{ name: "up from nothing", against: "its critical path alone", goal: 1.2 },
    limit: "on two processors the steps beside the path take time from it; more processors would shorten it",
  },
  noop: { name: "up without a change", against: "an empty program", goal: 2.2, limit: chain },
  preview: { name: "preview", against: "an empty program", goal: 2, limit: chain },
  start: { name: "npm start without a change", against: "pulumi up without a change" },
  weight: {
    ...{ name: "weight change to its effect", against: "kubectl patch", unit: "beyond", goal: 3 },
    limit: `${chain}; then the gateway gets the route`,
  },
  destroy: {
    ...{ name: "destroy", against: "k3d cluster delete", goal: 2 },
    limit:
      "the removal itself takes as long as k3d's; beside it the command and Pulumi start, every resource leaves the state before the " +
      "cluster may go, and what is left is looked for; `pulumi destroy` alone saves the start of the command",
  },
  recovery: {
    ...{ name: "up after a kill half-way", against: "up from nothing", goal: 0.8 },
    limit: "the cluster that was half made is replaced when its nodes never ran",
  },
  cached: { name: "up through filled image caches", against: "up from nothing" },
  upgrade: { name: "upgrade of Istio, all steps under load", unit: "seconds" },
  meshCold: {
    ...{ name: "mesh test of 10 cases", against: "kubectl apply and exec in a script", unit: "seconds", goal: 15 },
    limit: pods,
  },
  meshEdited: {
    ...{ name: "the same after an edit", against: "the same script again", unit: "seconds", goal: 8 },
    limit: pods,
  },
  meshHundred: {
    ...{ name: "mesh test of 100 cases", against: "the same script with 100 requests" },
    ...{ unit: "seconds", goal: 25, limit: pods },
  },
} as const satisfies Record<string, Comparison>;
export type Which = keyof typeof comparisons;
export const isMesh = (which: Which): boolean => which.startsWith("mesh");
