"""The former address of the decoded plane, which leads to Explore."""

from aeviz.web.explore.former import translate_decode
from aeviz.web.kernel.page import lead_to

lead_to("pages/explore.py", translate_decode)
