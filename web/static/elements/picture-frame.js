// The markup of <picture-detail>: tools above the picture, ways beside it, zoom below, and everything known at its side.
import { html } from "../html.js";
import { icon } from "../icons.js";
import { t } from "../messages.js";

/** @param {string} name @param {Parameters<typeof icon>[0]} drawing @param {string} [more] its key */
const tool = (name, drawing, more = "") => html`<button type="button" class="round quiet ${name}" aria-label="${t(`detail.${name}`)}" title="${t(`detail.${name}`)}${more && ` (${more})`}">${icon(drawing)}</button>`;

export const frame = () => html`<dialog class="viewer" aria-labelledby="picture-name">
  <div class="tools">
    ${tool("shut", "back", "Esc")}<h2 id="picture-name"></h2>
    <span class="set">${tool("boxes", "boxes", "o")}${tool("letters", "letters", "t")}
    <button type="button" class="quiet where" aria-pressed="false" title="${t("detail.where.hint")}">${icon("heat")}<span>${t("detail.where")}</span></button></span>
    <span class="set">${tool("part", "crop", "r")}${tool("hide", "hide", "h")}<a class="button round quiet original" target="_blank" rel="noopener" aria-label="${t("detail.original")}" title="${t("detail.original")}">${icon("download")}</a>${tool("info", "info", "i")}</span>
  </div>
  <zoom-stage class="stage"><picture-paper class="paper"></picture-paper>
    <button type="button" class="unveil" hidden>${t("card.show")}</button>
  </zoom-stage>
  <button type="button" class="round way before" aria-label="${t("detail.before")}" title="${t("detail.before")} (←)">${icon("previous")}</button>
  <button type="button" class="round way after" aria-label="${t("detail.after")}" title="${t("detail.after")} (→)">${icon("next")}</button>
  <p class="zoom"><button type="button" class="round quiet out" aria-label="${t("detail.out")}" title="${t("detail.out")} (-)">${icon("minus")}</button><button type="button" class="quiet fit" title="${t("detail.fit")} (0)"></button><button type="button" class="round quiet in" aria-label="${t("detail.in")}" title="${t("detail.in")} (+)">${icon("plus")}</button></p>
  <aside class="side" aria-label="${t("detail.side")}" tabindex="-1">
    <button type="button" class="grip" aria-label="${t("detail.pull")}" aria-expanded="false"></button>
    <p class="notice gone" hidden>${t("detail.gone")}</p>
    <p class="notice wrong" role="alert" hidden></p>
    <div class="notice judged" hidden><p></p><button type="button" class="approve" title="${t("detail.approve.help")}">${t("detail.approve")}</button></div>
    <p class="notice damaged" hidden>${t("detail.damaged")}</p>
    <p class="moment"></p>
    <p class="acts"><button type="button" class="first similar">${t("detail.similar")}</button><button type="button" class="more-like" aria-label="${t("search.drop.more")}" title="${t("search.drop.more")}">${icon("plus")}${t("detail.more")}</button><button type="button" class="less-like" aria-label="${t("search.drop.less")}" title="${t("search.drop.less")}">${icon("minus")}${t("detail.less")}</button></p>
    <picture-words></picture-words>
    <section class="about"><h3>${t("ask.about.one")}</h3><ask-panel></ask-panel></section>
    <similar-strip hidden></similar-strip>
    <dl class="facts"></dl>
    <picture-history></picture-history>
  </aside>
</dialog>`;
