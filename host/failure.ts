import { type Remedy, RemedyError } from "../model/output/remedy";

/** Message of an error that was caught. */
export const messageOf = (error: unknown): string => (error as Error).message;

/** Exit codes of the commands. */
export const exitCodes = {
  done: 0,
  failed: 1,
  config: 2,
  inconclusive: 3,
  environment: 4,
  notRolledBack: 5,
  cancelled: 130,
} as const;

/** An operation that failed, with everything that a user needs to know. */
export class OperationFailed extends RemedyError {
  override name = "OperationFailed";
  constructor(
    text: string | Remedy,
    readonly exitCode: number,
  ) {
    super(text);
  }
}

/** An operation that failed because of what the user entered. */
export const configError = (text: string | Remedy): OperationFailed => new OperationFailed(text, exitCodes.config);
