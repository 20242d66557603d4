import type { Route } from "../../../http/router.ts";
import { actionRoute } from "../actions.ts";
import type { PageContext } from "../context.ts";
import { nameIn, templateOf } from "../links.ts";
import { page } from "../live.ts";
import { scheduleList } from "./list.ts";
import { scheduleView } from "./schedule.ts";

const collection = "schedules";
/** A run comes nearer although nothing is written. */
const pulse = { pulse: 5000 };

export function scheduleRoutes(context: PageContext): readonly Route[] {
  const { store, schedules } = context;
  return [
    page(store, "/schedules", (_parameters, asked) => scheduleList(context, asked), pulse),
    page(store, templateOf(collection), (parameters) => scheduleView(context, nameIn(collection, parameters)), pulse),
    actionRoute(collection, {
      pause: (name) => void schedules.pause(name),
      resume: (name) => void schedules.resume(name, false),
    }),
  ];
}
