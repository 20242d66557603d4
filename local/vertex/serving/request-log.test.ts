import { expect, test } from "vitest";
import { RequestLog } from "./request-log.ts";

test("counts all requests, and tells of the last ones how long they took", () => {
  const log = new RequestLog();
  expect(log.latency(0.5)).toBeUndefined();
  for (let index = 1; index <= 2000; index++) {
    log.add({ time: index, milliseconds: index, status: index % 100 === 0 ? 500 : 200 });
  }
  log.add({ time: 2001, milliseconds: 2001, status: null });
  expect([log.count, log.errors]).toEqual([2001, 21]);
  expect([log.latency(0), log.latency(0.5), log.latency(0.95), log.latency(1)]).toEqual([1002, 1502, 1952, 2001]);
  expect(log.recent(2).map(({ time }) => time)).toEqual([2001, 2000]);
});
