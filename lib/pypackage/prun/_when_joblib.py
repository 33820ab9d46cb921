"""Registers the joblib backend as soon as the program imports joblib, if it imports prun first."""

import sys


class _Finder:
    """Finds no module itself. It is asked first, and removes itself when joblib is imported."""

    def find_spec(self, name, path=None, target=None):
        if name != "joblib":
            return None
        sys.meta_path.remove(self)
        from importlib.util import find_spec
        spec = find_spec(name)
        if spec is not None and spec.loader is not None:
            spec.loader = _Loader(spec.loader)
        return spec


class _Loader:
    def __init__(self, loader):
        self._loader = loader

    def __getattr__(self, name):
        return getattr(self._loader, name)

    def create_module(self, spec):
        return self._loader.create_module(spec)

    def exec_module(self, module):
        module.__loader__ = module.__spec__.loader = self._loader
        self._loader.exec_module(module)
        from . import register_joblib
        try:
            register_joblib()
        except Exception:  # importing joblib must not fail because of prun; prun.register_joblib() shows the reason
            pass


def wait():
    sys.meta_path.insert(0, _Finder())
