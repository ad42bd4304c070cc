// Every element of the page.
import "./ask-panel.js";
import "./command-palette.js";
import "./date-scrubber.js";
import "./filter-panel.js";
import "./page-tools.js";
import "./picture-detail.js";
import "./picture-grid.js";
import "./picture-layers.js";
import "./picture-words.js";
import "./region-picker.js";
import "./saved-searches.js";
import "./search-box.js";
import "./selection-bar.js";
import "./similar-strip.js";
import "./term-chips.js";
import "./view-choices.js";
import "./zoom-stage.js";
