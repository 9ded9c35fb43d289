"""How all pages look, as the visitor chooses: type for a projector, and high contrast.

Each choice is in the session, and in the address for links.
"""

from dataclasses import dataclass

import streamlit as st

from aeviz.language import mark, tr
from aeviz.web.kernel.language import show_language
from aeviz.web.kernel.url import UrlState

FACTOR = 1.25
"""How much larger type is for a projector; the area of a point grows by its fourth power."""
_PLACE = "looks-switches"
"""Key of the switches' place on the page."""
_PROJECTED = f"""
html:root {{ font-size: {16 * FACTOR}px !important; }}
[data-testid="stSidebarNav"] {{ zoom: 0.85; }}
"""
"""All sizes on a page are in rem, but for those of canvases and charts, which follow that of the root by themselves.

The titles of the navigation grow less, so that they have room.
"""
_COLOURS = """
@property --aeviz-ink { syntax: "\\3c color>"; inherits: true; initial-value: #000; }
@property --aeviz-accent { syntax: "\\3c color>"; inherits: true; initial-value: #06c; }
@property --aeviz-strength { syntax: "\\3c number>"; inherits: true; initial-value: 0; }
.stApp { transition: --aeviz-strength 1ms; }
"""
"""Colours that canvases read as colours, not as text. The end of the transition tells the components to draw anew.

The sign < is written as \\3c: Streamlit removes a style with a < in it.
"""
_FORCED = """
@media (forced-colors: active) { [data-testid="stCheckbox"] label > span + div { forced-color-adjust: none; } }
"""
"""A switch of Streamlit shows its state by backgrounds alone, which a system with colours of its own removes."""
_FORMULAS = ".stApp .katex-display { padding-inline: 3px; margin-inline: -3px; }"
"""Room for what a formula reaches over its own width; without it most formulas could be scrolled by two pixels."""
_STRONG = """
.stApp {
  --aeviz-strength: 1;
  --aeviz-faint: 1;
  --aeviz-ink: light-dark(#000, #fff);
  --aeviz-edge: light-dark(#5c5c5c, #b0b0b0);
  --aeviz-accent: light-dark(#003f7d, #8fcbff);
  color: var(--aeviz-ink);
}
.stBidiComponent, .stBidiComponent * {
  --st-text-color: var(--aeviz-ink) !important;
  --st-border-color: var(--aeviz-edge) !important;
  --st-primary-color: var(--aeviz-accent) !important;
}
.stApp :is(
  [data-testid="stCaptionContainer"], [data-testid="stMarkdownContainer"], [data-testid="stWidgetLabel"],
  [data-testid="stHeading"], [data-testid="stNavSectionHeader"], [data-testid="stSliderTickBar"],
  [data-testid="stSliderThumbValue"], [data-testid="stAlertContainer"], [data-testid="stMetric"] *, summary
):not([data-testid^="stBaseButton-primary"] *, [data-testid="stTooltipContent"] *, [data-tag] *)[class],
.stApp :is(
  [data-testid="stCaptionContainer"] p, [data-testid="stSidebarNavLink"] span, [data-testid="stAlertContainer"] *
)[class], .stApp [data-testid="stCaptionContainer"] p { color: var(--aeviz-ink); opacity: 1; }
.stApp [data-testid="stCaptionContainer"][class] { opacity: 1; }
.stApp [data-testid="stFileUploaderDropzone"] span[class] { color: var(--aeviz-ink); opacity: 1; }
.stApp .stMarkdownColoredText { color: var(--aeviz-ink) !important; }
.stApp :is(input, textarea)::placeholder { color: var(--aeviz-ink); opacity: 0.8; }
.stApp :is(input, textarea) { color: var(--aeviz-ink); }
.stApp :is(
  [role="group"][data-rac], [data-testid="stExpander"] details, [data-testid^="stBaseButton-secondary"],
  button[data-variant], [data-testid="stFileUploaderDropzone"], [data-testid="stNumberInputContainer"],
  [data-testid="stTextInputRootElement"], [data-testid="stTextAreaRootElement"]
) { border-color: var(--aeviz-edge) !important; }
.stApp :is(.stMultiSelect [data-tag], [data-testid^="stBaseButton-primary"])[class] { background: var(--aeviz-accent); }
.stApp button[data-variant][data-selected] { box-shadow: inset 0 0 0 2px var(--aeviz-accent); }
.stApp [data-testid="stCheckbox"] label > span + div { outline: 1px solid var(--aeviz-edge); }
.stApp :focus-visible { outline: 3px solid var(--aeviz-accent) !important; outline-offset: 2px; }
.stApp a:not([role="button"], [data-testid="stSidebarNavLink"]) {
  color: var(--aeviz-accent); text-decoration: underline;
}
.stApp .js-plotly-plot text { fill: var(--aeviz-ink) !important; }
.stApp .js-plotly-plot :is(.xgrid, .ygrid) { stroke: var(--aeviz-edge) !important; stroke-opacity: 0.45 !important; }
"""
"""Text in black or white, so at 7 to 1 and more; edges of controls and focus rings at 3 to 1 and more.

Components read the same custom properties, which pass into their shadow trees; `kit/theme.js` reads the strength.
"""


@dataclass(frozen=True)
class _Choice:
    """A look that the visitor may switch on."""

    parameter: UrlState[bool]
    label: str
    help: str

    @property
    def _on(self) -> str:
        """Session key of the choice, which outlives its switch."""
        return f"{self.parameter.name}.on"

    @property
    def _switch(self) -> str:
        return f"{self.parameter.name}.switch"

    def is_on(self) -> bool:
        return bool(st.session_state.get(self._on))

    def follow(self) -> None:
        """Take the choice from the address, or write it there."""
        if self.parameter.restore():
            st.session_state[self._on] = True
        self.parameter.write(self.is_on())

    def show(self) -> None:
        st.session_state[self._switch] = self.is_on()
        st.toggle(tr(self.label), key=self._switch, on_change=self._set, help=tr(self.help))

    def _set(self) -> None:
        st.session_state[self._on] = bool(st.session_state[self._switch])
        self.parameter.write(self.is_on())


def _parameter(name: str, value: str) -> UrlState[bool]:
    return UrlState(name, lambda text: text == value, lambda is_on: value if is_on else "", default=False)


_PROJECTOR = _Choice(
    _parameter("projector", "1"),
    mark("Projector size"),
    mark("Larger type and points on all pages, for a class room. The address keeps it."),
)
_CONTRAST = _Choice(
    _parameter("contrast", "more"),
    mark("High contrast"),
    mark(
        "Black or white text, stronger edges and opaque points on all pages. The address keeps it. It is always on "
        "where your system asks for more contrast."
    ),
)


def is_projected() -> bool:
    """Whether the visitor's type is that for a projector."""
    return _PROJECTOR.is_on()


def is_dark() -> bool:
    """Whether the page's theme is dark, as far as the browser has said."""
    return bool(st.context.theme.type == "dark")


def show_looks() -> None:
    """Follow the address or write it, and offer the choices below the navigation. Called once a run, first."""
    _PROJECTOR.follow()
    _CONTRAST.follow()
    strong = _STRONG if _CONTRAST.is_on() else f"@media (prefers-contrast: more) {{{_STRONG}}}"
    st.html(f"<style>{_COLOURS}{_FORCED}{_FORMULAS}{strong}{_PROJECTED if is_projected() else ''}</style>")
    with st.sidebar, st.container(key=_PLACE):
        _PROJECTOR.show()
        _CONTRAST.show()
        show_language()
