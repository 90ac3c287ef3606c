import { createServer } from "node:http";
import { type AddressInfo, connect } from "node:net";

/** A proxy for HTTPS that connects to one port of 127.0.0.1, whatever host a client names. */
export interface ConnectProxy {
  readonly address: string;
  /** HOST:PORT of each client's request. */
  readonly hosts: readonly string[];
  readonly close: () => void;
}

export async function connectProxy(port: number): Promise<ConnectProxy> {
  const hosts: string[] = [];
  const server = createServer();
  server.on("connect", ({ url }, socket, head) => {
    hosts.push(String(url));
    const through = connect(port, "127.0.0.1", () => {
      socket.write("HTTP/1.1 200 Connection established\r\n\r\n");
      through.write(head);
      through.pipe(socket).pipe(through);
    });
    through.on("error", () => socket.destroy());
    socket.on("error", () => through.destroy());
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const close = () => {
    server.close();
    server.closeAllConnections();
  };
  return { address: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, hosts, close };
}
