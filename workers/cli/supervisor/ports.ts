import { readFile } from "node:fs/promises";
import { createServer } from "node:net";

/** Every server of the local environment, by the name that `ports` in `retemper.yaml` has. */
export const portNames = ["temporal", "temporalUi", "vertex", "vertexUi", "storage", "hub", "registry"] as const;
export type PortName = (typeof portNames)[number];
export type Ports = Readonly<Record<PortName, number>>;

/** A port that the configuration names is taken by another program. */
export class PortTaken extends Error {
  override readonly name = "PortTaken";
  readonly code = "PORT_TAKEN";
  readonly port: number;

  constructor(port: number, server: PortName) {
    super(`Port ${port} (ports.${server}) is taken. Choose another one in retemper.yaml, or leave it out.`);
    this.port = port;
  }
}

/**
 * The configured port of each server, else the one that it had last time where that is free, else any free one.
 * Throws {@link PortTaken}.
 *
 * @param previousFile where the last start left its choice
 */
export async function choosePorts(configured: Partial<Ports>, previousFile: string): Promise<Ports> {
  const previous = await readPrevious(previousFile);
  const taken = new Set<number>(Object.values(configured));
  const chosen: Partial<Record<PortName, number>> = {};
  for (const name of portNames) {
    const wanted = configured[name];
    if (wanted !== undefined && !(await isFree(wanted))) {
      throw new PortTaken(wanted, name);
    }
    const port = wanted ?? (await reuse(previous[name], taken)) ?? (await freePort(taken));
    taken.add(port);
    chosen[name] = port;
  }
  return chosen as Ports;
}

async function reuse(port: number | undefined, taken: ReadonlySet<number>): Promise<number | undefined> {
  return port !== undefined && !taken.has(port) && (await isFree(port)) ? port : undefined;
}

async function readPrevious(file: string): Promise<Partial<Ports>> {
  try {
    return JSON.parse(await readFile(file, "utf8")) as Partial<Ports>;
  } catch {
    // None yet, or one cut short: any free port does.
    return {};
  }
}

async function freePort(taken: ReadonlySet<number>): Promise<number> {
  for (;;) {
    const port = await bind(0);
    if (port !== undefined && !taken.has(port)) return port;
  }
}

async function isFree(port: number): Promise<boolean> {
  return (await bind(port)) !== undefined;
}

/** Binds the port for a moment; undefined when something else has it. */
function bind(port: number): Promise<number | undefined> {
  return new Promise((done) => {
    const server = createServer();
    server.once("error", () => done(undefined));
    server.listen(port, "127.0.0.1", () => {
      const address = server.address();
      server.close(() => done(typeof address === "object" && address ? address.port : undefined));
    });
  });
}
