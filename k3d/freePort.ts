import { createServer } from "node:net";

/** A free port of 127.0.0.1. Docker could choose one, but would choose another at each restart of the container. */
export const freePort = (): Promise<number> =>
  new Promise((resolve, reject) => {
    const server = createServer().on("error", reject);
    server.listen(0, "127.0.0.1", () => {
      const { port } = server.address() as { port: number };
      server.close(() => resolve(port));
    });
  });
