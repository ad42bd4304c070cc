// What of the page can be done by its name (Ctrl+K).
import { offer } from "./commands.js";
import { t } from "./messages.js";
import { prefer } from "./preferences.js";
import { current } from "./state.js";

/** @param {(part: Partial<import("./types.js").State>) => void} change of what is shown @param {() => void} pick choose a picture to search by */
export function offerCommands(change, pick) {
  offer((typed) => (typed.trim() ? [{ says: t("palette.search", { words: typed.trim() }), run: () => change({ q: typed.trim() }) }] : []));
  offer(() => [
    ...["relevance", "newest", "oldest", "diverse"].map((order) => ({ says: `${t("view.order")}: ${t(`view.order.${order}`)}`, run: () => change({ order }) })),
    ...["auto", "none", "day", "month", "folder"].map((group) => ({ says: `${t("view.group")}: ${t(`view.group.${group}`)}`, run: () => change({ group }) })),
    ...(/** @type {const} */ (["system", "light", "dark"])).map((theme) => ({ says: `${t("view.theme")}: ${t(`view.theme.${theme}`)}`, run: () => prefer({ theme }) })),
    { says: t("view.fold"), run: () => change({ fold: !current().fold }) },
    { says: t("search.pick"), run: () => pick() },
    { says: t("palette.hidden"), run: () => change({ q: "state:hidden" }) },
    ...[["overview", "/library"], ["duplicates", "/library/duplicates"], ["map", "/library/map"]].map(([part, to]) => ({ says: t(`palette.${part}`), run: () => location.assign(to) })),
  ]);
}
