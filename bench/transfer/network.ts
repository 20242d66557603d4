/**
 * A network in front of a server: `node bench/transfer/network.ts SERVER_URL BYTES_PER_SECOND`, which is what one
 * connection carries each way. Prints its address, and runs until it is killed.
 */
import { type AddressInfo, connect, createServer, type Socket } from "node:net";

const [server = "", speed = ""] = process.argv.slice(2);
const { hostname, port } = new URL(server);
const bytesPerSecond = Number(speed);

/** Passes on as much as the time since the first byte allows; a pause does not save up more than a tenth of a second. */
function pass(from: Socket, to: Socket): void {
  let due = performance.now();
  from.on("data", (chunk: Buffer) => {
    const isFree = to.write(chunk);
    const now = performance.now();
    due = Math.max(due, now - 100) + (1000 * chunk.length) / bytesPerSecond;
    const early = due - now;
    if (isFree && early < 1) return;
    from.pause();
    const resume = (): void => {
      if (to.writableNeedDrain) to.once("drain", () => from.resume());
      else from.resume();
    };
    if (early < 1) resume();
    else setTimeout(resume, early);
  });
  from.on("end", () => to.end());
  from.on("close", () => to.destroy());
  from.on("error", () => to.destroy());
}

const network = createServer((near) => {
  const far = connect({ host: hostname, port: Number(port), noDelay: true });
  near.setNoDelay(true);
  pass(near, far);
  pass(far, near);
});
network.listen(0, "127.0.0.1", () => {
  console.log(`http://127.0.0.1:${(network.address() as AddressInfo).port}`);
});
