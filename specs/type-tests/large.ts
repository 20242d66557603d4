import { container, Dataset, double, int, Metrics, Model, pipeline, string } from "../index.ts";

/** A pipeline of many different components and tasks: what `tsc` takes for it, it takes for an author. */

const step0 = container("step-0", {
  image: "i",
  inputs: {
    model: Model,
    data: Dataset,
    rate0: double({ default: 0.5 }),
    steps: int({ default: 0 }),
    note: string({ optional: true }),
  },
  outputs: { model: Model, metrics: Metrics, data: Dataset, loss0: double(), note: string() },
});
const step1 = container("step-1", {
  image: "i",
  inputs: {
    model: Model,
    data: Dataset,
    rate1: double({ default: 1.5 }),
    steps: int({ default: 1 }),
    note: string({ optional: true }),
  },
  outputs: { model: Model, metrics: Metrics, data: Dataset, loss1: double(), note: string() },
});
const step2 = container("step-2", {
  image: "i",
  inputs: {
    model: Model,
    data: Dataset,
    rate2: double({ default: 2.5 }),
    steps: int({ default: 2 }),
    note: string({ optional: true }),
  },
  outputs: { model: Model, metrics: Metrics, data: Dataset, loss2: double(), note: string() },
});
const step3 = container("step-3", {
  image: "i",
  inputs: {
    model: Model,
    data: Dataset,
    rate3: double({ default: 3.5 }),
    steps: int({ default: 3 }),
    note: string({ optional: true }),
  },
  outputs: { model: Model, metrics: Metrics, data: Dataset, loss3: double(), note: string() },
});
const step4 = container("step-4", {
  image: "i",
  inputs: {
    model: Model,
    data: Dataset,
    rate4: double({ default: 4.5 }),
    steps: int({ default: 4 }),
    note: string({ optional: true }),
  },
  outputs: { model: Model, metrics: Metrics, data: Dataset, loss4: double(), note: string() },
});
const step5 = container("step-5", {
  image: "i",
  inputs: {
    model: Model,
    data: Dataset,
    rate5: double({ default: 5.5 }),
    steps: int({ default: 5 }),
    note: string({ optional: true }),
  },
  outputs: { model: Model, metrics: Metrics, data: Dataset, loss5: double(), note: string() },
});
const step6 = container("step-6", {
  image: "i",
  inputs: {
    model: Model,
    data: Dataset,
    rate6: double({ default: 6.5 }),
    steps: int({ default: 6 }),
    note: string({ optional: true }),
  },
  outputs: { model: Model, metrics: Metrics, data: Dataset, loss6: double(), note: string() },
});
const step7 = container("step-7", {
  image: "i",
  inputs: {
    model: Model,
    data: Dataset,
    rate7: double({ default: 7.5 }),
    steps: int({ default: 7 }),
    note: string({ optional: true }),
  },
  outputs: { model: Model, metrics: Metrics, data: Dataset, loss7: double(), note: string() },
});
const step8 = container("step-8", {
  image: "i",
  inputs: {
    model: Model,
    data: Dataset,
    rate8: double({ default: 8.5 }),
    steps: int({ default: 8 }),
    note: string({ optional: true }),
  },
  outputs: { model: Model, metrics: Metrics, data: Dataset, loss8: double(), note: string() },
});
const step9 = container("step-9", {
  image: "i",
  inputs: {
    model: Model,
    data: Dataset,
    rate9: double({ default: 9.5 }),
    steps: int({ default: 9 }),
    note: string({ optional: true }),
  },
  outputs: { model: Model, metrics: Metrics, data: Dataset, loss9: double(), note: string() },
});
const step10 = container("step-10", {
  image: "i",
  inputs: {
    model: Model,
    data: Dataset,
    rate10: double({ default: 10.5 }),
    steps: int({ default: 10 }),
    note: string({ optional: true }),
  },
  outputs: { model: Model, metrics: Metrics, data: Dataset, loss10: double(), note: string() },
});
const step11 = container("step-11", {
  image: "i",
  inputs: {
    model: Model,
    data: Dataset,
    rate11: double({ default: 11.5 }),
    steps: int({ default: 11 }),
    note: string({ optional: true }),
  },
  outputs: { model: Model, metrics: Metrics, data: Dataset, loss11: double(), note: string() },
});
const step12 = container("step-12", {
  image: "i",
  inputs: {
    model: Model,
    data: Dataset,
    rate12: double({ default: 12.5 }),
    steps: int({ default: 12 }),
    note: string({ optional: true }),
  },
  outputs: { model: Model, metrics: Metrics, data: Dataset, loss12: double(), note: string() },
});
const step13 = container("step-13", {
  image: "i",
  inputs: {
    model: Model,
    data: Dataset,
    rate13: double({ default: 13.5 }),
    steps: int({ default: 13 }),
    note: string({ optional: true }),
  },
  outputs: { model: Model, metrics: Metrics, data: Dataset, loss13: double(), note: string() },
});
const step14 = container("step-14", {
  image: "i",
  inputs: {
    model: Model,
    data: Dataset,
    rate14: double({ default: 14.5 }),
    steps: int({ default: 14 }),
    note: string({ optional: true }),
  },
  outputs: { model: Model, metrics: Metrics, data: Dataset, loss14: double(), note: string() },
});
const step15 = container("step-15", {
  image: "i",
  inputs: {
    model: Model,
    data: Dataset,
    rate15: double({ default: 15.5 }),
    steps: int({ default: 15 }),
    note: string({ optional: true }),
  },
  outputs: { model: Model, metrics: Metrics, data: Dataset, loss15: double(), note: string() },
});
const step16 = container("step-16", {
  image: "i",
  inputs: {
    model: Model,
    data: Dataset,
    rate16: double({ default: 16.5 }),
    steps: int({ default: 16 }),
    note: string({ optional: true }),
  },
  outputs: { model: Model, metrics: Metrics, data: Dataset, loss16: double(), note: string() },
});
const step17 = container("step-17", {
  image: "i",
  inputs: {
    model: Model,
    data: Dataset,
    rate17: double({ default: 17.5 }),
    steps: int({ default: 17 }),
    note: string({ optional: true }),
  },
  outputs: { model: Model, metrics: Metrics, data: Dataset, loss17: double(), note: string() },
});
const step18 = container("step-18", {
  image: "i",
  inputs: {
    model: Model,
    data: Dataset,
    rate18: double({ default: 18.5 }),
    steps: int({ default: 18 }),
    note: string({ optional: true }),
  },
  outputs: { model: Model, metrics: Metrics, data: Dataset, loss18: double(), note: string() },
});
const step19 = container("step-19", {
  image: "i",
  inputs: {
    model: Model,
    data: Dataset,
    rate19: double({ default: 19.5 }),
    steps: int({ default: 19 }),
    note: string({ optional: true }),
  },
  outputs: { model: Model, metrics: Metrics, data: Dataset, loss19: double(), note: string() },
});

export const large = pipeline(
  "large",
  { inputs: { model: Model, data: Dataset, note: string() } },
  ({ model, data, note }) => {
    const task0 = step0({ model, data, note });
    const task1 = step1({ model: task0.model, data: task0.data, rate1: task0.loss0, note: `1: ${task0.note}` });
    const task2 = step2({ model: task1.model, data: task0.data, rate2: task1.loss1, note: `2: ${task1.note}` });
    const task3 = step3({ model: task2.model, data: task0.data, rate3: task2.loss2, note: `3: ${task2.note}` });
    const task4 = step4({ model: task3.model, data: task1.data, rate4: task3.loss3, note: `4: ${task3.note}` });
    const task5 = step5({ model: task4.model, data: task2.data, rate5: task4.loss4, note: `5: ${task4.note}` });
    const task6 = step6({ model: task5.model, data: task3.data, rate6: task5.loss5, note: `6: ${task5.note}` });
    const task7 = step7({ model: task6.model, data: task4.data, rate7: task6.loss6, note: `7: ${task6.note}` });
    const task8 = step8({ model: task7.model, data: task5.data, rate8: task7.loss7, note: `8: ${task7.note}` });
    const task9 = step9({ model: task8.model, data: task6.data, rate9: task8.loss8, note: `9: ${task8.note}` });
    const task10 = step10({ model: task9.model, data: task7.data, rate10: task9.loss9, note: `10: ${task9.note}` });
    const task11 = step11({ model: task10.model, data: task8.data, rate11: task10.loss10, note: `11: ${task10.note}` });
    const task12 = step12({ model: task11.model, data: task9.data, rate12: task11.loss11, note: `12: ${task11.note}` });
    const task13 = step13({
      model: task12.model,
      data: task10.data,
      rate13: task12.loss12,
      note: `13: ${task12.note}`,
    });
    const task14 = step14({
      model: task13.model,
      data: task11.data,
      rate14: task13.loss13,
      note: `14: ${task13.note}`,
    });
    const task15 = step15({
      model: task14.model,
      data: task12.data,
      rate15: task14.loss14,
      note: `15: ${task14.note}`,
    });
    const task16 = step16({
      model: task15.model,
      data: task13.data,
      rate16: task15.loss15,
      note: `16: ${task15.note}`,
    });
    const task17 = step17({
      model: task16.model,
      data: task14.data,
      rate17: task16.loss16,
      note: `17: ${task16.note}`,
    });
    const task18 = step18({
      model: task17.model,
      data: task15.data,
      rate18: task17.loss17,
      note: `18: ${task17.note}`,
    });
    const task19 = step19({
      model: task18.model,
      data: task16.data,
      rate19: task18.loss18,
      note: `19: ${task18.note}`,
    });
    const task20 = step0({ model: task19.model, data: task17.data, rate0: task19.loss19, note: `20: ${task19.note}` });
    const task21 = step1({ model: task20.model, data: task18.data, rate1: task20.loss0, note: `21: ${task20.note}` });
    const task22 = step2({ model: task21.model, data: task19.data, rate2: task21.loss1, note: `22: ${task21.note}` });
    const task23 = step3({ model: task22.model, data: task20.data, rate3: task22.loss2, note: `23: ${task22.note}` });
    const task24 = step4({ model: task23.model, data: task21.data, rate4: task23.loss3, note: `24: ${task23.note}` });
    const task25 = step5({ model: task24.model, data: task22.data, rate5: task24.loss4, note: `25: ${task24.note}` });
    const task26 = step6({ model: task25.model, data: task23.data, rate6: task25.loss5, note: `26: ${task25.note}` });
    const task27 = step7({ model: task26.model, data: task24.data, rate7: task26.loss6, note: `27: ${task26.note}` });
    const task28 = step8({ model: task27.model, data: task25.data, rate8: task27.loss7, note: `28: ${task27.note}` });
    const task29 = step9({ model: task28.model, data: task26.data, rate9: task28.loss8, note: `29: ${task28.note}` });
    const task30 = step10({ model: task29.model, data: task27.data, rate10: task29.loss9, note: `30: ${task29.note}` });
    const task31 = step11({
      model: task30.model,
      data: task28.data,
      rate11: task30.loss10,
      note: `31: ${task30.note}`,
    });
    const task32 = step12({
      model: task31.model,
      data: task29.data,
      rate12: task31.loss11,
      note: `32: ${task31.note}`,
    });
    const task33 = step13({
      model: task32.model,
      data: task30.data,
      rate13: task32.loss12,
      note: `33: ${task32.note}`,
    });
    const task34 = step14({
      model: task33.model,
      data: task31.data,
      rate14: task33.loss13,
      note: `34: ${task33.note}`,
    });
    const task35 = step15({
      model: task34.model,
      data: task32.data,
      rate15: task34.loss14,
      note: `35: ${task34.note}`,
    });
    const task36 = step16({
      model: task35.model,
      data: task33.data,
      rate16: task35.loss15,
      note: `36: ${task35.note}`,
    });
    const task37 = step17({
      model: task36.model,
      data: task34.data,
      rate17: task36.loss16,
      note: `37: ${task36.note}`,
    });
    const task38 = step18({
      model: task37.model,
      data: task35.data,
      rate18: task37.loss17,
      note: `38: ${task37.note}`,
    });
    const task39 = step19({
      model: task38.model,
      data: task36.data,
      rate19: task38.loss18,
      note: `39: ${task38.note}`,
    });
    const task40 = step0({ model: task39.model, data: task37.data, rate0: task39.loss19, note: `40: ${task39.note}` });
    const task41 = step1({ model: task40.model, data: task38.data, rate1: task40.loss0, note: `41: ${task40.note}` });
    const task42 = step2({ model: task41.model, data: task39.data, rate2: task41.loss1, note: `42: ${task41.note}` });
    const task43 = step3({ model: task42.model, data: task40.data, rate3: task42.loss2, note: `43: ${task42.note}` });
    const task44 = step4({ model: task43.model, data: task41.data, rate4: task43.loss3, note: `44: ${task43.note}` });
    const task45 = step5({ model: task44.model, data: task42.data, rate5: task44.loss4, note: `45: ${task44.note}` });
    const task46 = step6({ model: task45.model, data: task43.data, rate6: task45.loss5, note: `46: ${task45.note}` });
    const task47 = step7({ model: task46.model, data: task44.data, rate7: task46.loss6, note: `47: ${task46.note}` });
    const task48 = step8({ model: task47.model, data: task45.data, rate8: task47.loss7, note: `48: ${task47.note}` });
    const task49 = step9({ model: task48.model, data: task46.data, rate9: task48.loss8, note: `49: ${task48.note}` });
    const task50 = step10({ model: task49.model, data: task47.data, rate10: task49.loss9, note: `50: ${task49.note}` });
    const task51 = step11({
      model: task50.model,
      data: task48.data,
      rate11: task50.loss10,
      note: `51: ${task50.note}`,
    });
    const task52 = step12({
      model: task51.model,
      data: task49.data,
      rate12: task51.loss11,
      note: `52: ${task51.note}`,
    });
    const task53 = step13({
      model: task52.model,
      data: task50.data,
      rate13: task52.loss12,
      note: `53: ${task52.note}`,
    });
    const task54 = step14({
      model: task53.model,
      data: task51.data,
      rate14: task53.loss13,
      note: `54: ${task53.note}`,
    });
    const task55 = step15({
      model: task54.model,
      data: task52.data,
      rate15: task54.loss14,
      note: `55: ${task54.note}`,
    });
    const task56 = step16({
      model: task55.model,
      data: task53.data,
      rate16: task55.loss15,
      note: `56: ${task55.note}`,
    });
    const task57 = step17({
      model: task56.model,
      data: task54.data,
      rate17: task56.loss16,
      note: `57: ${task56.note}`,
    });
    const task58 = step18({
      model: task57.model,
      data: task55.data,
      rate18: task57.loss17,
      note: `58: ${task57.note}`,
    });
    const task59 = step19({
      model: task58.model,
      data: task56.data,
      rate19: task58.loss18,
      note: `59: ${task58.note}`,
    });
    const task60 = step0({ model: task59.model, data: task57.data, rate0: task59.loss19, note: `60: ${task59.note}` });
    const task61 = step1({ model: task60.model, data: task58.data, rate1: task60.loss0, note: `61: ${task60.note}` });
    const task62 = step2({ model: task61.model, data: task59.data, rate2: task61.loss1, note: `62: ${task61.note}` });
    const task63 = step3({ model: task62.model, data: task60.data, rate3: task62.loss2, note: `63: ${task62.note}` });
    const task64 = step4({ model: task63.model, data: task61.data, rate4: task63.loss3, note: `64: ${task63.note}` });
    const task65 = step5({ model: task64.model, data: task62.data, rate5: task64.loss4, note: `65: ${task64.note}` });
    const task66 = step6({ model: task65.model, data: task63.data, rate6: task65.loss5, note: `66: ${task65.note}` });
    const task67 = step7({ model: task66.model, data: task64.data, rate7: task66.loss6, note: `67: ${task66.note}` });
    const task68 = step8({ model: task67.model, data: task65.data, rate8: task67.loss7, note: `68: ${task67.note}` });
    const task69 = step9({ model: task68.model, data: task66.data, rate9: task68.loss8, note: `69: ${task68.note}` });
    const task70 = step10({ model: task69.model, data: task67.data, rate10: task69.loss9, note: `70: ${task69.note}` });
    const task71 = step11({
      model: task70.model,
      data: task68.data,
      rate11: task70.loss10,
      note: `71: ${task70.note}`,
    });
    const task72 = step12({
      model: task71.model,
      data: task69.data,
      rate12: task71.loss11,
      note: `72: ${task71.note}`,
    });
    const task73 = step13({
      model: task72.model,
      data: task70.data,
      rate13: task72.loss12,
      note: `73: ${task72.note}`,
    });
    const task74 = step14({
      model: task73.model,
      data: task71.data,
      rate14: task73.loss13,
      note: `74: ${task73.note}`,
    });
    const task75 = step15({
      model: task74.model,
      data: task72.data,
      rate15: task74.loss14,
      note: `75: ${task74.note}`,
    });
    const task76 = step16({
      model: task75.model,
      data: task73.data,
      rate16: task75.loss15,
      note: `76: ${task75.note}`,
    });
    const task77 = step17({
      model: task76.model,
      data: task74.data,
      rate17: task76.loss16,
      note: `77: ${task76.note}`,
    });
    const task78 = step18({
      model: task77.model,
      data: task75.data,
      rate18: task77.loss17,
      note: `78: ${task77.note}`,
    });
    const task79 = step19({
      model: task78.model,
      data: task76.data,
      rate19: task78.loss18,
      note: `79: ${task78.note}`,
    });
    const task80 = step0({ model: task79.model, data: task77.data, rate0: task79.loss19, note: `80: ${task79.note}` });
    const task81 = step1({ model: task80.model, data: task78.data, rate1: task80.loss0, note: `81: ${task80.note}` });
    const task82 = step2({ model: task81.model, data: task79.data, rate2: task81.loss1, note: `82: ${task81.note}` });
    const task83 = step3({ model: task82.model, data: task80.data, rate3: task82.loss2, note: `83: ${task82.note}` });
    const task84 = step4({ model: task83.model, data: task81.data, rate4: task83.loss3, note: `84: ${task83.note}` });
    const task85 = step5({ model: task84.model, data: task82.data, rate5: task84.loss4, note: `85: ${task84.note}` });
    const task86 = step6({ model: task85.model, data: task83.data, rate6: task85.loss5, note: `86: ${task85.note}` });
    const task87 = step7({ model: task86.model, data: task84.data, rate7: task86.loss6, note: `87: ${task86.note}` });
    const task88 = step8({ model: task87.model, data: task85.data, rate8: task87.loss7, note: `88: ${task87.note}` });
    const task89 = step9({ model: task88.model, data: task86.data, rate9: task88.loss8, note: `89: ${task88.note}` });
    const task90 = step10({ model: task89.model, data: task87.data, rate10: task89.loss9, note: `90: ${task89.note}` });
    const task91 = step11({
      model: task90.model,
      data: task88.data,
      rate11: task90.loss10,
      note: `91: ${task90.note}`,
    });
    const task92 = step12({
      model: task91.model,
      data: task89.data,
      rate12: task91.loss11,
      note: `92: ${task91.note}`,
    });
    const task93 = step13({
      model: task92.model,
      data: task90.data,
      rate13: task92.loss12,
      note: `93: ${task92.note}`,
    });
    const task94 = step14({
      model: task93.model,
      data: task91.data,
      rate14: task93.loss13,
      note: `94: ${task93.note}`,
    });
    const task95 = step15({
      model: task94.model,
      data: task92.data,
      rate15: task94.loss14,
      note: `95: ${task94.note}`,
    });
    const task96 = step16({
      model: task95.model,
      data: task93.data,
      rate16: task95.loss15,
      note: `96: ${task95.note}`,
    });
    const task97 = step17({
      model: task96.model,
      data: task94.data,
      rate17: task96.loss16,
      note: `97: ${task96.note}`,
    });
    const task98 = step18({
      model: task97.model,
      data: task95.data,
      rate18: task97.loss17,
      note: `98: ${task97.note}`,
    });
    const task99 = step19({
      model: task98.model,
      data: task96.data,
      rate19: task98.loss18,
      note: `99: ${task98.note}`,
    });
    const task100 = step0({
      model: task99.model,
      data: task97.data,
      rate0: task99.loss19,
      note: `100: ${task99.note}`,
    });
    const task101 = step1({
      model: task100.model,
      data: task98.data,
      rate1: task100.loss0,
      note: `101: ${task100.note}`,
    });
    const task102 = step2({
      model: task101.model,
      data: task99.data,
      rate2: task101.loss1,
      note: `102: ${task101.note}`,
    });
    const task103 = step3({
      model: task102.model,
      data: task100.data,
      rate3: task102.loss2,
      note: `103: ${task102.note}`,
    });
    const task104 = step4({
      model: task103.model,
      data: task101.data,
      rate4: task103.loss3,
      note: `104: ${task103.note}`,
    });
    const task105 = step5({
      model: task104.model,
      data: task102.data,
      rate5: task104.loss4,
      note: `105: ${task104.note}`,
    });
    const task106 = step6({
      model: task105.model,
      data: task103.data,
      rate6: task105.loss5,
      note: `106: ${task105.note}`,
    });
    const task107 = step7({
      model: task106.model,
      data: task104.data,
      rate7: task106.loss6,
      note: `107: ${task106.note}`,
    });
    const task108 = step8({
      model: task107.model,
      data: task105.data,
      rate8: task107.loss7,
      note: `108: ${task107.note}`,
    });
    const task109 = step9({
      model: task108.model,
      data: task106.data,
      rate9: task108.loss8,
      note: `109: ${task108.note}`,
    });
    const task110 = step10({
      model: task109.model,
      data: task107.data,
      rate10: task109.loss9,
      note: `110: ${task109.note}`,
    });
    const task111 = step11({
      model: task110.model,
      data: task108.data,
      rate11: task110.loss10,
      note: `111: ${task110.note}`,
    });
    const task112 = step12({
      model: task111.model,
      data: task109.data,
      rate12: task111.loss11,
      note: `112: ${task111.note}`,
    });
    const task113 = step13({
      model: task112.model,
      data: task110.data,
      rate13: task112.loss12,
      note: `113: ${task112.note}`,
    });
    const task114 = step14({
      model: task113.model,
      data: task111.data,
      rate14: task113.loss13,
      note: `114: ${task113.note}`,
    });
    const task115 = step15({
      model: task114.model,
      data: task112.data,
      rate15: task114.loss14,
      note: `115: ${task114.note}`,
    });
    const task116 = step16({
      model: task115.model,
      data: task113.data,
      rate16: task115.loss15,
      note: `116: ${task115.note}`,
    });
    const task117 = step17({
      model: task116.model,
      data: task114.data,
      rate17: task116.loss16,
      note: `117: ${task116.note}`,
    });
    const task118 = step18({
      model: task117.model,
      data: task115.data,
      rate18: task117.loss17,
      note: `118: ${task117.note}`,
    });
    const task119 = step19({
      model: task118.model,
      data: task116.data,
      rate19: task118.loss18,
      note: `119: ${task118.note}`,
    });
    return { model: task119.model, metrics: task119.metrics };
  },
);
