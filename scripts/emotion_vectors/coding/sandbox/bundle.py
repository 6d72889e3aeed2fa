"""Several modules of this package as one script: the sandbox holds none of our files."""

from __future__ import annotations

import inspect
import json
from collections.abc import Sequence
from types import ModuleType

LOADER = """\
import json, sys, types
for name, source in json.loads({sources!r}).items():
    module = sys.modules[name] = types.ModuleType(name)
    exec(compile(source, name, "exec"), module.__dict__)
exec(compile(json.loads({last!r}), "<script>", "exec"), globals())
"""


def bundled(main: ModuleType, needed: Sequence[ModuleType]) -> str:
    """A script that runs `main`, to which `needed` are known by their names.

    Args:
        needed: what `main` imports of ours, each after those that it imports itself.
    """
    sources = {module.__name__: inspect.getsource(module) for module in needed}
    return LOADER.format(sources=json.dumps(sources), last=json.dumps(inspect.getsource(main)))
