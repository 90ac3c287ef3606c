/** Condition in the status of an object. */
export interface Condition {
  readonly type: string;
  readonly status: string;
  readonly message?: string;
}

/** An object whose status has conditions, such as a node or a pod. */
export interface WithConditions {
  readonly status: { readonly conditions?: readonly Condition[] };
}

/** Status of a condition: True, False or Unknown. Undefined if the object does not have the condition. */
export const conditionOf = ({ status }: WithConditions, type: string): string | undefined =>
  status.conditions?.find((condition) => condition.type === type)?.status;

/** True if a condition of an object is met. */
export const hasCondition = (object: WithConditions, type: string): boolean => conditionOf(object, type) === "True";

/** True for a pod that runs and is not being deleted. */
export const isRunning = ({
  metadata,
  status,
}: {
  readonly metadata: { readonly deletionTimestamp?: string };
  readonly status?: { readonly phase?: string };
}): boolean => !metadata.deletionTimestamp && status?.phase === "Running";
