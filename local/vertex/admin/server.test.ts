import { expect, test } from "vitest";
import { DrivenClock } from "../../clock.ts";
import type { Admin } from "./admin.ts";
import { connectAdmin } from "./client.ts";
import { Faults } from "./faults.ts";
import { startAdminServer } from "./server.ts";

const idle = { preempt: async () => undefined, failReplica: async () => undefined, setReplicaHealth: () => undefined };

async function withServer(ask: (url: string, faults: Faults) => Promise<void>): Promise<void> {
  const faults = new Faults();
  const server = await startAdminServer({ faults, ...idle } satisfies Admin, new DrivenClock(1_000), 0);
  try {
    await ask(server.url, faults);
  } finally {
    await server.close();
  }
}

test("a driven clock is read and moved, a fault waits as often as asked", () =>
  withServer(async (url, faults) => {
    const admin = connectAdmin(url);
    expect(await admin.post("/clock", {})).toEqual({ now: 1_000, driven: true });
    expect(await admin.post("/clock/advance", { milliseconds: 500 })).toEqual({ now: 1_500, driven: true });
    await admin.post("/faults/method", { method: "JobService.GetCustomJob", code: "UNAVAILABLE", times: 1 });
    expect(() => faults.check("JobService.GetCustomJob")).toThrow(expect.objectContaining({ code: "UNAVAILABLE" }));
    expect(() => faults.check("JobService.GetCustomJob")).not.toThrow();
  }));

test("a bad request is refused with all its problems", () =>
  withServer(async (url) => {
    const post = async (path: string, body: object) =>
      (await (await fetch(`${url}${path}`, { method: "POST", body: JSON.stringify(body) })).json()) as object;
    expect(await post("/faults/method", { code: "BROKEN", times: 0, colour: "red" })).toMatchObject({
      error: { code: "INVALID_ARGUMENT", message: expect.stringMatching(/method.*code.*times.*colour/s) },
    });
    expect(await post("/nothing", {})).toMatchObject({ error: { code: "NOT_FOUND" } });
  }));
