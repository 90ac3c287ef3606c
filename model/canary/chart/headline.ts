import type { RolloutStatus } from "../plan";

const ends = {
  promoted: "Promoted",
  paused: "Paused",
  "rolled back": "Rolled back",
  cancelled: "Cancelled and rolled back",
  "not rolled back": "NOT rolled back",
} as const;

/** End of a rollout, as its headline. */
export const rolloutHeadline = ({ end, rollback }: RolloutStatus): string =>
  end ? ends[end] : rollback ? "Rolling back" : "Not finished";
