import type { Comparison } from "./table";

/** Everything that is measured, in the order of the page. */
export const comparisons = {
  script: { name: "up from nothing", against: "the same steps in a script", goal: 0.8 },
  path: { name: "up from nothing", against: "its critical path alone", goal: 1.2 },
  noop: { name: "up without a change", against: "an empty program", goal: 2.2 },
  preview: { name: "preview", against: "an empty program", goal: 2 },
  start: { name: "npm start without a change", against: "pulumi up without a change" },
  weight: { name: "weight change to its effect", against: "kubectl patch", unit: "beyond", goal: 3 },
  destroy: { name: "destroy", against: "k3d cluster delete", goal: 2 },
  recovery: { name: "up after a kill half-way", against: "up from nothing", goal: 0.8 },
  cached: { name: "up through filled image caches", against: "up from nothing" },
  upgrade: { name: "upgrade of Istio, all steps under load", unit: "seconds" },
  meshCold: { name: "mesh test of 10 cases", against: "kubectl apply and exec in a script", unit: "seconds", goal: 15 },
  meshEdited: { name: "the same after an edit", against: "the same script again", unit: "seconds", goal: 8 },
  meshHundred: {
    ...{ name: "mesh test of 100 cases", against: "the same script with 100 requests" },
    ...{ unit: "seconds", goal: 25 },
  },
} as const satisfies Record<string, Comparison>;
export type Which = keyof typeof comparisons;
export const isMesh = (which: Which): boolean => which.startsWith("mesh");
