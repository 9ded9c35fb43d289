"""The methods of the page on optimizers: which to show, and each one's phi and psi as formula and as code."""

import inspect

import streamlit as st

from aeviz.lab.adaptive import METHODS, TRAINED, Method, MethodName
from aeviz.language import mark, tr
from aeviz.web.kernel.url import rename_choices

FORMER_TITLES = {"ADAM": "Adam"}
"""Titles in addresses that were shared earlier."""

_STYLE = """<style>
:is(.st-key-methods, .st-key-compared) [role="toolbar"] { flex-wrap: wrap; overflow: visible; mask-image: none; }
</style>"""
"""On a phone, methods that do not fit stand in another line; Streamlit hides them at the right."""


def pick_methods(offered: list[MethodName], *, key: str) -> list[MethodName]:
    """Let the visitor choose methods, at first those that networks are trained with; the choice is in the URL.

    Args:
        offered: What is on offer.
        key: URL parameter; another for each offer, since a choice that is not on offer would be lost.
    """
    st.html(_STYLE)
    titles = {METHODS[name].title: name for name in offered}
    rename_choices(key, FORMER_TITLES)
    usual = [METHODS[name].title for name in offered if name in TRAINED]
    chosen = st.pills(tr("Methods"), list(titles), selection_mode="multi", default=usual, key=key, bind="query-params")
    return [name for title, name in titles.items() if title in chosen]


def show_methods(names: list[MethodName], *, by_torch: bool = False) -> None:
    """Show the generic method, and phi and psi of each method that is chosen.

    Args:
        names: The methods.
        by_torch: Whether what the page shows was made by torch's optimizers, and not by the code that is shown.
    """
    origin = mark("This page runs the code below; `v` and `largest` are the state of a method.")
    if by_torch:
        origin = mark(
            "The runs used torch.optim: these steps, with bias correction and epsilon; `v` and `largest` are the state "
            "of a method."
        )
    with st.expander(tr("How the methods differ: direction (phi) and step length (psi)"), icon=":material/function:"):
        st.latex(
            r"\begin{gathered} m_t = \phi_t(g_1, \dots, g_t) \\ V_t = \psi_t(g_1, \dots, g_t) \\"
            r"x_{t+1} = \Pi_{F, \sqrt{V_t}}\Bigl(x_t - \alpha_t \frac{m_t}{\sqrt{V_t}}\Bigr)\end{gathered}"
        )
        generic = tr(
            "The generic adaptive method: S1, Algorithm 2; Reddi, Kale & Kumar 2018, Algorithm 1. The projection is "
            "the *argmin* of the weighted distance over F (S1 prints *min*). Onto a box it clips each coordinate."
        )
        st.caption(f"{generic} {tr(origin)}")
        for column, name in zip(st.columns(2) * len(names), names, strict=False):
            with column:
                _show(METHODS[name])
        st.caption(
            tr(
                "Bias correction divides m by 1 - beta1^t and V by 1 - beta2^t. Algorithm 1 (Kingma & Ba) has it. S1's "
                "Example 1.2.15 and Algorithm 3 have neither bias correction nor epsilon. "
                "torch.optim.Adam(amsgrad=True) takes the maximum of the *uncorrected* v and corrects afterwards. Its "
                "divisor can therefore decrease in the first steps, which the proof of the regret bound excludes. With "
                "both switched on, these methods equal torch step for step. AdaGrad and RMSprop have epsilon and no "
                "bias correction there; torch calls RMSprop's beta2 alpha and sets it to 0.99."
            )
        )


def _show(method: Method) -> None:
    st.markdown(f"**{method.title}** :small[{tr(method.source)}]")
    st.latex(method.phi_formula)
    st.latex(method.psi_formula)
    code = "\n\n".join(_body(part) for part in (method.phi, method.ahead, method.psi) if part is not None)
    st.code(code, language="python", wrap_lines=True)


def _body(function: object) -> str:
    """Return the source of a function without its docstring."""
    lines = inspect.getsource(inspect.unwrap(function)).splitlines()  # type: ignore[arg-type]
    return "\n".join(line for line in lines if '"""' not in line)
