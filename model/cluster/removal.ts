/** What Docker says of a thing that somebody else removes at the same time, or has removed. */
const said = [
  /removal of container \S+ is already in progress/,
  /[Nn]o such (container|volume|network)/,
  /network \S+ not found/,
  // until the last of its containers is gone
  /network \S+ .*has active endpoints/,
  /is not connected to (the )?network|endpoint \S+ not found/,
  /volume is in use/,
];

/** Whether a removal failed only since another is under way, and goes on when that has ended. */
export const removedMeanwhile = (message: string): boolean => said.some((words) => words.test(message));
