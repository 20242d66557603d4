import { join } from "node:path";
import { adminRoutes } from "./admin.ts";
import { type Clock, realClock } from "./clock.ts";
import { type HubServer, startHub } from "./hub/index.ts";
import { checkout, defaultCache, loadImages } from "./images.ts";
import { type RegistryServer, startRegistry } from "./registry/index.ts";
import { growDataset, seedDataset } from "./seed/dataset.ts";
import { seedModel } from "./seed/model.ts";
import { type StorageServer, startStorage } from "./storage/index.ts";
import { type Settings, startVertex, type Vertex } from "./vertex/index.ts";

export const serviceNames = ["vertex", "vertexUi", "storage", "hub", "registry"] as const;
export type ServiceName = (typeof serviceNames)[number];

export interface LocalCloudOptions {
  /** Folder of everything that survives the process. */
  readonly state: string;
  /** Free ones where left out. */
  readonly ports?: Partial<Readonly<Record<ServiceName, number>>>;
  /** Buckets that are there from the start. */
  readonly buckets?: readonly string[];
  /** Puts the model and the data set into the Hub that the first run works on. */
  readonly seed?: boolean;
  /** Folder of large downloads. */
  readonly cache?: string;
  /** File of images; the checkout's own when left out. */
  readonly images?: string;
  /** Base address of a Hub to read through to. */
  readonly hubUpstream?: string;
  readonly clock?: Clock;
  /** Of the admin API of Vertex's clock and faults; no such server when left out. */
  readonly vertexAdminPort?: number;
  readonly vertexSettings?: Partial<Settings>;
  /** Takes the server's own remarks. */
  readonly log?: (line: string) => void;
}

export interface LocalCloud {
  /** `host:port` of Vertex, base addresses of the others, Vertex's web page among them; a file that clients of Vertex over TLS are to trust. */
  readonly services: Readonly<Record<ServiceName | "certificateAuthority", string> & { vertexAdmin?: string }>;
  readonly vertex: Vertex;
  readonly storage: StorageServer;
  readonly hub: HubServer;
  readonly registry: RegistryServer;
  close(): Promise<void>;
}

/** The local Google Cloud and Hub, in this process. */
export async function startLocalCloud(options: LocalCloudOptions): Promise<LocalCloud> {
  const { state, ports = {}, clock = realClock } = options;
  const log = options.log ?? ((line: string) => void process.stderr.write(`${line}\n`));
  const cache = options.cache ?? process.env["RETEMPER_CACHE"] ?? defaultCache;
  const images = await loadImages(options.images, checkout, cache);
  const closing: (() => Promise<void>)[] = [];
  const close = async () => {
    for (const step of closing.splice(0).reverse()) await step();
  };
  try {
    const storageRoot = join(state, "storage");
    const storage = await startStorage({ folder: storageRoot, clock, ...port(ports.storage) });
    closing.push(storage.close);
    for (const bucket of options.buckets ?? ["retemper"]) await storage.ensureBucket(bucket);

    const hub: HubServer = await startHub({
      folder: join(state, "hub"),
      clock,
      routes: adminRoutes({ grow: () => growDataset(hub) }),
      ...port(ports.hub),
      ...(options.hubUpstream !== undefined && { upstream: options.hubUpstream }),
    });
    closing.push(hub.close);
    if (options.seed) {
      await seedModel(hub, cache);
      await seedDataset(hub);
    }

    const registry = await startRegistry({ images, ...port(ports.registry) });
    closing.push(registry.close);

    const vertex = await startVertex({
      state: join(state, "vertex"),
      storageRoot,
      images,
      clock,
      log,
      cache,
      ...port(ports.vertex),
      pagePort: ports.vertexUi ?? 0,
      ...(options.vertexAdminPort !== undefined && { adminPort: options.vertexAdminPort }),
      ...(options.vertexSettings !== undefined && { settings: options.vertexSettings }),
    });
    closing.push(() => vertex.close());
    const services = {
      vertex: vertex.address,
      vertexUi: vertex.pageUrl ?? "",
      storage: storage.url,
      hub: hub.url,
      registry: registry.url,
      certificateAuthority: vertex.certificateAuthority,
      ...(vertex.adminUrl !== null && { vertexAdmin: vertex.adminUrl }),
    };
    return { services, vertex, storage, hub, registry, close };
  } catch (error) {
    await close();
    throw error;
  }
}

function port(number: number | undefined): { readonly port?: number } {
  return number === undefined ? {} : { port: number };
}
