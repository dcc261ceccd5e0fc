"""Year first, 24 hours, groups of three digits."""

from vmi.core.formats.common import *
