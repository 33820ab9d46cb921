"""Pickles functions and classes of the main module by value with cloudpickle, where workers do not find them by their names."""

import functools
import io
import pickle
import sys

from ._main import is_of_main

HOW = "Define it before the pool is made, or in a module, or install cloudpickle, which sends it by value"


_missing = None  # the error, if there is no cloudpickle


@functools.lru_cache(None)
def _pickler():
    """Returns a class. @raises ImportError without cloudpickle"""
    global _missing
    if _missing is not None:
        raise _missing
    try:
        import cloudpickle
    except ImportError as error:
        _missing = error
        raise

    class Pickler(cloudpickle.CloudPickler):
        def __init__(self, out, keep_buffer, seen):
            reduction = sys.modules.get("multiprocessing.reduction")
            if reduction is not None:  # before the base class reads it
                self.dispatch_table = self.dispatch_table.new_child(reduction.ForkingPickler._extra_reducers)
            super().__init__(out, protocol=5, buffer_callback=keep_buffer)
            self._seen = seen

        def reducer_override(self, obj):
            if is_of_main(obj):
                if any(one.has(obj) for one in self._seen):
                    return NotImplemented
                if isinstance(obj, functools._lru_cache_wrapper):
                    return _cached, (obj.__wrapped__, getattr(obj, "cache_parameters", dict)())
            return super().reducer_override(obj)

    return Pickler


def _cached(function, parameters):
    return functools.lru_cache(**parameters)(function)


def dumps(obj, keep_buffer, seen):
    """Sends by value what none of `seen` has. @raises ImportError without cloudpickle"""
    out = io.BytesIO()
    _pickler()(out, keep_buffer, seen).dump(obj)
    return out.getvalue()


class _Finder(pickle.Pickler):
    """Writes nothing that anyone reads. It raises an error for what none of `seen` has."""

    def __init__(self, out, seen):
        reduction = sys.modules.get("multiprocessing.reduction")
        if reduction is not None:
            import collections
            import copyreg
            self.dispatch_table = collections.ChainMap(reduction.ForkingPickler._extra_reducers, copyreg.dispatch_table)
        super().__init__(out, 5, buffer_callback=lambda buffer: False)
        self._seen = seen

    def reducer_override(self, obj):
        if is_of_main(obj) and not any(one.has(obj) for one in self._seen):
            raise pickle.PicklingError(f"workers do not have __main__.{obj.__qualname__}: it is newer than they are. {HOW}")
        return NotImplemented


def refuse_missing(obj, seen):
    """@raises pickle.PicklingError if `obj` refers to a function or class that the workers of none of these pools have"""
    _Finder(io.BytesIO(), seen).dump(obj)
