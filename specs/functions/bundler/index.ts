export { bundleFunction, type FunctionProgram } from "./bundle-function.ts";
