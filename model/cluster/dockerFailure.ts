/** Errors of Docker that have nothing to do with a key of the configuration, each with what to do. */
const failures: readonly (readonly [pattern: RegExp, explanation: string])[] = [
  [
    /permission denied while trying to connect to the docker (?:daemon socket|API)|dial unix \S*docker\S*\.sock: connect: permission denied/i,
    "Docker's socket is not this user's; fix: sudo usermod -aG docker $USER, then log in again",
  ],
  [
    /cannot connect to the docker daemon|error during connect:|failed to connect to the docker API/i,
    "Docker is not running; fix: start Docker Desktop, or: sudo systemctl start docker",
  ],
  [
    /toomanyrequests|pull rate limit|429 Too Many Requests/i,
    "a registry refuses more pulls for now (rate limit); fix: docker login, or wait, then npm start; caches keep what was pulled: npm run pulumi -- config set imageCache true",
  ],
  [
    /no space left on device/i,
    "the disk where Docker keeps images is full; fix: docker system prune, then npm start; npm run doctor shows how much is free",
  ],
  [
    /non-overlapping IPv4 address pool|predefined address pools have been fully subnetted/i,
    "Docker has no address left for another network; fix: docker network prune, then npm start",
  ],
  [
    /no matching manifest for (?:linux|darwin)|exec format error|does not match the (?:specified|detected host) platform/i,
    "an image is not published for this machine's architecture; fix: another image or version, or images of your own: npm run pulumi -- config set appSource folder",
  ],
  [
    /x509: certificate signed by unknown authority|certificate is not trusted/i,
    "Docker does not trust the certificate of a registry or of the proxy before it; fix: add the company's CA to this machine and restart Docker (https://docs.docker.com/engine/security/certificates/)",
  ],
];

/** The explanation of an error of Docker, with what to do; undefined for an error that is not known. */
export function dockerFailure(text: string): string | undefined {
  return failures.find(([pattern]) => pattern.test(text))?.[1];
}
