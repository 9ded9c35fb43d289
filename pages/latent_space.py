"""The former address of Explore, which leads there."""

from aeviz.web.kernel.page import lead_to

lead_to("pages/explore.py")
