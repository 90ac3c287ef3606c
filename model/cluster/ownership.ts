import { project } from "../names";

/** Labels of everything that this project creates in Docker. */
export const ownershipLabels = {
  /** PROJECT/STACK, for people and filters. Two checkouts may share it. */
  stack: `${project}.owner`,
  /** The stack's identity: a random id that the stack's state keeps. */
  id: `${project}.id`,
  /** Place of that state, by which `npm run destroy` finds the objects of a state that is lost. */
  state: `${project}.state`,
  /** Generation of a cluster. Each replacement of a cluster has another one. */
  generation: `${project}.generation`,
  /** Settings of the cluster, as JSON. */
  settings: `${project}.settings`,
} as const;

/** Identity of a stack in Docker's labels. It differs from that of every other stack. */
export interface Owner {
  /** PROJECT/STACK. */
  readonly stack: string;
  /** Undefined only in inputs that an earlier version of this project wrote into the state. */
  readonly id?: string;
  /** Place of the state: a URL, or USER@HOST:FOLDER. */
  readonly state: string;
}

/** The ownership labels of an object in Docker; a missing label is an empty text. */
export type OwnershipLabels = Readonly<Record<"stack" | "id" | "state" | "generation", string>>;

/**
 * Relation of a Docker object to a stack.
 *
 * - `ours`: it has the stack's id, or a generation without an id that is in the stack's state.
 * - `lost`: an earlier state of the same stack at the same place made it, and that state is gone.
 * - `unproven`: a version of this project that wrote no id made it for a stack of this name.
 * - `foreign`: anything else.
 */
export type Claim = "ours" | "lost" | "unproven" | "foreign";

/** @param legacyGeneration - generation in the stack's state of a cluster that an earlier version made, without an id */
export function claimOf(labels: OwnershipLabels, owner: Owner, legacyGeneration?: string): Claim {
  if (labels.id) {
    if (labels.id === owner.id) return "ours";
    return labels.stack === owner.stack && labels.state === owner.state ? "lost" : "foreign";
  }
  if (labels.stack !== owner.stack) return "foreign";
  return legacyGeneration !== undefined && labels.generation === legacyGeneration ? "ours" : "unproven";
}

/** Labels for a new object of the stack, as `KEY=VALUE`. */
export const ownerLabels = ({ stack, id = "", state }: Owner): string[] => [
  `${ownershipLabels.stack}=${stack}`,
  `${ownershipLabels.id}=${id}`,
  `${ownershipLabels.state}=${state}`,
];

/** Environment variable with the generation in the stack's state of a cluster without an id. */
export const legacyGenerationVariable = "ISTIO_ON_K3D_TAKE_OVER";
/** Environment variable that forbids replacing the cluster, set while a rollout runs. */
export const keepVariable = "ISTIO_ON_K3D_KEEP_CLUSTER";
