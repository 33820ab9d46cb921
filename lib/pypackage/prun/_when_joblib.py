"""Registers the joblib backend as soon as the program imports joblib, if it imports prun first."""

import sys


class _Finder:
    """Finds no module itself. It is asked first, and removed when joblib is imported."""

    def __init__(self):
        self._asks_others = False

    def find_spec(self, name, path=None, target=None):
        if name != "joblib" or self._asks_others:
            return None
        from importlib.util import find_spec
        self._asks_others = True
        try:
            spec = find_spec(name)
        finally:
            self._asks_others = False
        if spec is not None and spec.loader is not None:
            spec.loader = _Loader(spec.loader, self)
        return spec


class _Loader:
    def __init__(self, loader, finder):
        self._loader = loader
        self._finder = finder

    def __getattr__(self, name):
        return getattr(self._loader, name)

    def create_module(self, spec):
        return self._loader.create_module(spec)

    def exec_module(self, module):
        if self._finder in sys.meta_path:
            sys.meta_path.remove(self._finder)
        module.__loader__ = module.__spec__.loader = self._loader
        self._loader.exec_module(module)
        from . import register_joblib
        try:
            register_joblib()
        except Exception:  # importing joblib must not fail because of prun; prun.register_joblib() shows the reason
            pass


def wait():
    sys.meta_path.insert(0, _Finder())
