"""Runs joblib on prun's pool: `with joblib.parallel_config("prun")`, or `parallel_backend("prun")` with a joblib before 1.3."""

import os

from joblib._parallel_backends import AutoBatchingMixin, ParallelBackendBase, SequentialBackend

from ._executor import ProcessPoolExecutor

NAME = "prun"


class _Call:
    """A batch of joblib. cloudpickle, which joblib includes, sends it to the worker, so that functions of notebooks work too."""

    def __init__(self, batch):
        self._batch = batch

    def __call__(self):
        return self._batch()

    def __reduce__(self):
        from joblib.externals.cloudpickle import dumps
        return _load, (dumps(self._batch, protocol=5),)


def _load(data):
    from joblib.externals.cloudpickle import loads
    return loads(data)


class PrunBackend(AutoBatchingMixin, ParallelBackendBase):
    supports_timeout = True
    supports_retrieve_callback = False
    supports_return_generator = False
    uses_threads = False
    supports_sharedmem = False

    def effective_n_jobs(self, n_jobs):
        if n_jobs == 0:
            raise ValueError("n_jobs == 0 in Parallel has no meaning")
        cpus = len(os.sched_getaffinity(0))
        if n_jobs is None:
            return 1
        return max(1, cpus + 1 + n_jobs) if n_jobs < 0 else n_jobs

    def configure(self, n_jobs=1, parallel=None, prefer=None, require=None, **options):
        n_jobs = self.effective_n_jobs(n_jobs)
        if n_jobs == 1:
            from joblib._parallel_backends import FallbackToBackend
            raise FallbackToBackend(SequentialBackend(nesting_level=self.nesting_level))
        self.parallel = parallel
        self._executor = ProcessPoolExecutor(n_jobs)
        return n_jobs

    def apply_async(self, func, callback=None):
        future = self._executor.submit(_Call(func))
        future.get = future.result
        if callback is not None:
            future.add_done_callback(lambda done: done.cancelled() or done.exception() or callback(done.result()))
        return future

    submit = apply_async

    def terminate(self):
        executor, self._executor = getattr(self, "_executor", None), None
        if executor is not None:
            executor.shutdown()
        self.reset_batch_stats()

    def abort_everything(self, ensure_ready=True):
        executor, self._executor = self._executor, None
        executor.kill_workers()
        executor.shutdown()
        if ensure_ready:
            self.configure(n_jobs=self.parallel.n_jobs, parallel=self.parallel)


def register():
    from joblib import register_parallel_backend
    register_parallel_backend(NAME, PrunBackend)
