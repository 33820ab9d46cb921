"""joblib on prun's pool, and scikit-learn above it where that is installed."""

import os
import subprocess
import sys
import unittest

import support

import prun

try:
    import joblib
except ImportError:
    print("skipped: this Python has no joblib: install python3-joblib")
    sys.exit(77)

prun.register_joblib()


def on_prun():
    return getattr(joblib, "parallel_config", joblib.parallel_backend)("prun", n_jobs=2)


def square(x):
    return x * x


def pid_of(_):
    return os.getpid()


def fail(x):
    raise LookupError(x)


class Joblib(unittest.TestCase):
    def test_results_are_those_of_a_loop_and_come_from_workers(self):
        with on_prun():
            self.assertEqual(joblib.Parallel()(joblib.delayed(square)(n) for n in range(1000)), [n * n for n in range(1000)])
            pids = set(joblib.Parallel(batch_size=1)(joblib.delayed(pid_of)(n) for n in range(20)))
        self.assertNotIn(os.getpid(), pids)

    def test_lambdas_and_closures_go_to_workers(self):
        step = 3
        with on_prun():
            self.assertEqual(joblib.Parallel()(joblib.delayed(lambda x: x + step)(n) for n in range(5)), [3, 4, 5, 6, 7])

    def test_the_backend_is_there_whichever_module_is_imported_first(self):
        program = ("context = getattr(joblib, 'parallel_config', joblib.parallel_backend)\n"
                   "with context('prun', n_jobs=2): print(joblib.Parallel()(joblib.delayed(abs)(n) for n in (-1, -2)))\n"
                   "print(joblib.__spec__.loader is joblib.__loader__, type(joblib.__loader__).__name__, "
                   "any('prun' in type(f).__module__ for f in sys.meta_path))")
        for imports in ("import joblib, prun", "import prun, joblib", "import prun, json, joblib.parallel"):
            with self.subTest(imports=imports):
                code = f"import sys\n{imports}\n{program}"
                done = subprocess.run([sys.executable, "-W", "ignore", "-c", code], capture_output=True, text=True, timeout=120)
                self.assertEqual((done.stdout, done.stderr), ("[1, 2]\nTrue SourceFileLoader False\n", ""))

    def test_an_exception_comes_back(self):
        with on_prun():
            self.assertRaises(LookupError, joblib.Parallel(), [joblib.delayed(fail)(1)] * 3)
            self.assertEqual(joblib.Parallel()(joblib.delayed(square)(n) for n in range(3)), [0, 1, 4])

    def test_scikit_learn_scores_as_it_does_alone(self):
        try:
            from sklearn.datasets import load_iris
            from sklearn.linear_model import LogisticRegression
            from sklearn.model_selection import cross_val_score
        except ImportError:
            self.skipTest("python3-sklearn is not installed")
        data, target = load_iris(return_X_y=True)
        model = LogisticRegression(max_iter=1000)
        alone = cross_val_score(model, data, target, cv=4)
        with on_prun():
            self.assertEqual(list(cross_val_score(model, data, target, cv=4)), list(alone))


if __name__ == "__main__":
    support.main()
