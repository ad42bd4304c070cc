// Jobs as words and numbers. Pure.
import { language, t } from "./messages.js";

/**
 * @typedef {{path: string, name: string, stage: string, reason: string, remedy: string, seen_at: string, model: string}} Failure
 * @typedef {{id: number, kind: string, asked: Record<string, any>, state: string, stopping: boolean, stage: string, done: number,
 *   total: number | null, failed: number, path: string, seconds_left: number | null, note: string, problem: string, elsewhere: string,
 *   problems: Failure[], result: any, created_at: string, started_at: string | null, ended_at: string | null}} Job
 */

const GOING = ["queued", "running", "paused", "interrupted"];

/** Whether more is to come of it. @param {Job} job */
export const going = ({ state }) => GOING.includes(state);

/** What it does, in a few words. @param {Job} job */
export function named({ kind, asked }) {
  if (kind === "index" && asked.retry) return t("job.index.retry");
  if (kind === "index" && asked.folders?.length) return t("job.index.folders", { folders: asked.folders.map(lastPart).join(", ") });
  if (kind === "annotate") return t("job.annotate", { tasks: [...tasksOf(asked)].map((task) => t(`task.${task}`)).join(", ") });
  if (kind === "model") return t("job.model", { model: shortModel(asked.spec) });
  return t(`job.${kind}`);
}

const TASKS = ["ocr", "detect", "describe", "caption", "moderate", "tags"];

/** @param {Record<string, any>} asked */
const tasksOf = (asked) => TASKS.filter((task) => asked[task] || asked.tasks?.[task]);

/** How far it is: null while nobody knows. @param {Job} job */
export const share = ({ done, total }) => (total ? Math.min(1, done / total) : null);

/** Where it stands, in one line. @param {Job} job */
export function standing(job) {
  const { kind, state, stage, stopping, done, total, seconds_left: left, failed, note, problem, elsewhere } = job;
  if (problem) return problem;
  const counted = total ? t("job.of", { done, total: total.toLocaleString(language) }) : done ? t("job.so.far", { n: done }) : "";
  const wrong = failed ? t("job.failed", { n: failed }) : "";
  const time = state === "running" && left !== null && total ? t("job.left", { time: lasting(left) }) : "";
  const reading = state === "running" && kind === "index" && stage === "ocr" ? t("job.reading") : "";
  const how = stopping ? t("job.stopping") : state === "running" ? reading : t(`job.state.${state}`);
  return [how, state === "done" ? result(job) : counted, wrong, time, note, going(job) && elsewhere].filter(Boolean).join(" · ");
}

/** What came of it. @param {Job} job */
function result({ kind, result: made }) {
  if (!made) return "";
  if (kind === "index") return ["added", "updated", "moved", "removed", "damaged"].filter((what) => made[what]).map((what) => t(`job.${what}`, { n: made[what] })).join(", ") || t("job.nothing");
  if (kind === "duplicates") return t("job.groups", { n: made.groups });
  if (kind === "annotate") return t("job.pictures", { n: Math.max(0, ...made.map((/** @type {{done: number}} */ one) => one.done)) });
  return t("job.pictures", { n: made.embedded ?? 0 });
}

/** "40 s", "3 min", "2 h 10 min". @param {number} seconds */
export function lasting(seconds) {
  if (seconds < 90) return t("time.seconds", { n: Math.max(1, Math.round(seconds)) });
  const minutes = Math.round(seconds / 60);
  return minutes < 90 ? t("time.minutes", { n: minutes }) : t("time.hours", { n: Math.floor(minutes / 60), minutes: minutes % 60 });
}

/** @param {string} path */
export const lastPart = (path) => path.split("/").filter(Boolean).at(-1) ?? path;

/** A spec without the folders in it. @param {string} spec */
export function shortModel(spec) {
  const [family, ...rest] = spec.split(":");
  return rest.length ? `${family}: ${rest.join(":").split("/").at(-1)}` : family;
}
