/** What the commands of the driver end with. */
export const exitCodes = {
  done: 0,
  failed: 1,
  config: 2,
  inconclusive: 3,
  environment: 4,
  notRolledBack: 5,
  cancelled: 130,
} as const;

/** An operation that ended otherwise than asked, with all that a user needs to know. */
export class OperationFailed extends Error {
  override name = "OperationFailed";
  constructor(
    message: string,
    readonly exitCode: number,
  ) {
    super(message);
  }
}
