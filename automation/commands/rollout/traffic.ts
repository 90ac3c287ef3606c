/** Changes the share of version 2 in an environment. */
export interface TrafficController {
  /** Sets the weight in the stack's configuration and applies the route by Pulumi, and nothing else that is pending. */
  readonly apply: (weight: number) => Promise<void>;
  /**
   * Waits until every gateway routes by the weight.
   *
   * @param signal - ends the waiting; a rollback has none
   * @throws RoutedOtherwise when a gateway is known to route by another weight
   */
  readonly confirm: (weight: number, signal?: AbortSignal) => Promise<void>;
  /** Changes the route in the cluster at once; configuration and state do not follow. */
  readonly patchRoute: (weight: number) => Promise<void>;
  /** Fingerprint of both versions of the app that run now. */
  readonly versions: () => Promise<string>;
}

/** A gateway still routes by another weight after the time in which a change reaches it. */
export class RoutedOtherwise extends Error {
  override name = "RoutedOtherwise";
}
