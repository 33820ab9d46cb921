"""Functions and classes of the main module that the program defines, or defines again, after its pool was made."""

import importlib.util
import subprocess
import sys
import tempfile
import textwrap
import unittest

import support


def has(module):
    return importlib.util.find_spec(module) is not None


needs_cloudpickle = unittest.skipUnless(has("cloudpickle"), "cloudpickle is not installed: install python3-cloudpickle")
WITHOUT_CLOUDPICKLE = "import sys; sys.modules['cloudpickle'] = None\n"
METHODS = ("fork", "spawn")


class MainModule(unittest.TestCase):
    def output_of(self, code, head="", command=("-c",)):
        code = head + textwrap.dedent(code)
        done = subprocess.run([sys.executable, "-W", "ignore", *command, code], capture_output=True, text=True, timeout=120)
        self.assertEqual((done.returncode, done.stderr), (0, ""))
        return done.stdout.splitlines()

    @needs_cloudpickle
    def test_the_newest_definition_of_a_function_is_called(self):
        for method in METHODS:
            with self.subTest(method=method):
                self.assertEqual(self.output_of(f"""
                    import prun
                    def f(x): return x + 1
                    def helper(x): return f(x)
                    with prun.Pool(2, start_method="{method}") as pool:
                        print(pool.map(f, [1, 2]), pool.map(helper, [1]))
                        first = f
                        def f(x): return x + 100
                        print(pool.map(f, [1, 2]), pool.apply(f, (3,)), list(pool.imap(f, [4])))
                        print(pool.map(first, [1]))
                    """), ["[2, 3] [2]", "[101, 102] 103 [104]", "[2]"])

    @needs_cloudpickle
    def test_functions_and_classes_that_are_newer_than_the_pool_reach_its_workers(self):
        for method in METHODS:
            with self.subTest(method=method):
                self.assertEqual(self.output_of(f"""
                    import functools, prun
                    with prun.Pool(2, start_method="{method}", maxtasksperchild=2) as pool:
                        class Number:
                            def __init__(self, n): self.n = n
                        class Error(Exception):
                            pass
                        def next_one(number): return Number(number.n + 1)
                        def fail(x): raise Error("no")
                        @functools.lru_cache(None)
                        def cached(x): return x * 3
                        numbers = pool.map(next_one, [Number(n) for n in range(20)], 1)
                        print([number.n for number in numbers] == list(range(1, 21)), {{type(n) is Number for n in numbers}})
                        print(pool.map(cached, [1, 2]), pool.map(functools.partial(next_one), [Number(1)])[0].n)
                        try:
                            pool.apply(fail, (1,))
                        except Error as error:
                            print(repr(error))
                    """), ["True {True}", "[3, 6] 2", "Error('no')"])

    @needs_cloudpickle
    def test_an_older_pool_does_not_change_what_a_newer_one_gets(self):
        for end in ("first.terminate()", "pass"):
            with self.subTest(end=end):
                self.assertEqual(self.output_of(f"""
                    import prun
                    def is_number(x): return isinstance(x, Number)
                    first = prun.Pool(2)
                    {end}
                    class Number: pass
                    with prun.Pool(2) as second:
                        print(second.map(is_number, [Number()]))
                    first.terminate()
                    """), ["[True]"])

    @needs_cloudpickle
    def test_a_journal_knows_the_calls_of_late_classes_again(self):
        code = """
            import prun, os, sys
            def n_of(x): return x.n
            with prun.Pool(2, journal={journal!r}) as pool:
                class Number:
                    def __init__(self, n): self.n = n
                print(pool.map(n_of, [Number(1), Number(2)]))
            """
        with tempfile.TemporaryDirectory() as folder:
            for _ in range(2):
                self.assertEqual(self.output_of(code.format(journal=folder + "/run.db")), ["[1, 2]"])

    @needs_cloudpickle
    def test_a_class_that_is_defined_again_replaces_the_old_one_in_workers(self):
        self.assertEqual(self.output_of("""
            import prun
            class Account:
                def fee(self): return 1
            def fee_of(account): return account.fee()
            with prun.Pool(2) as pool:
                print(pool.map(fee_of, [Account()]))
                class Account:
                    def fee(self): return 2
                print(pool.map(fee_of, [Account()]), pool.map(Account.fee, [Account()]))
            """), ["[1]", "[2] [2]"])

    @needs_cloudpickle
    def test_definitions_that_workers_have_are_still_their_own(self):
        self.assertEqual(self.output_of("""
            import prun
            state = []
            def begin(): state.append("begun")
            def count(x): return len(state)
            class Kept: pass
            def is_kept(x): return isinstance(x, Kept)
            with prun.Pool(1, begin) as pool:
                def newer(x): return count(x), is_kept(x)
                print(pool.map(newer, [Kept()]))
            """), ["[(1, True)]"])

    @needs_cloudpickle
    def test_an_initializer_of_a_program_without_a_file_reaches_spawned_workers(self):
        self.assertEqual(self.output_of("""
            import prun
            def begin(value):
                import builtins
                builtins.begun = value
            with prun.Pool(1, begin, (7,), start_method="spawn") as pool:
                print(pool.apply(lambda: begun))
            """), ["7"])

    def test_without_cloudpickle_the_error_says_what_to_do(self):
        lines = self.output_of("""
            import functools, prun
            def f(x): return x + 1
            with prun.Pool(2) as pool:
                print(pool.map(f, [1]))
                class Late: pass
                def late(x): return x
                def f(x): return x
                for function, item in ((f, 1), (late, 1), (str, Late()), (lambda x: x, 1), (functools.partial(lambda x: x), 1)):
                    try:
                        pool.map(function, [item])
                    except Exception as error:
                        print(type(error).__name__, error)
            """, head=WITHOUT_CLOUDPICKLE)
        self.assertEqual(lines[0], "[2]")
        for line, name in zip(lines[1:4], ("f", "late", "Late")):
            self.assertEqual(line, f"PicklingError workers do not have __main__.{name}: it is newer than they are. Define it before "
                                   "the pool is made, or in a module, or install cloudpickle, which sends it by value")
        self.assertEqual(len(lines), 6)
        for line in lines[4:]:
            self.assertRegex(line, "^(PicklingError|AttributeError) .*install cloudpickle")

    def test_without_cloudpickle_each_pool_takes_what_its_own_workers_have(self):
        self.assertEqual(self.output_of("""
            import prun
            with prun.Pool(1) as older:
                class Late: pass
                def f(x): return type(x).__name__
                with prun.Pool(1) as newer:
                    print(newer.map(f, [Late()]))
            """, head=WITHOUT_CLOUDPICKLE), ["['Late']"])

    @needs_cloudpickle
    def test_functions_of_a_notebook_reach_the_workers(self):
        if not has("IPython"):
            self.skipTest("IPython is not installed: install python3-ipython")
        lines = self.output_of("""
            from IPython.core.interactiveshell import InteractiveShell
            shell = InteractiveShell.instance()
            for cell in ("import prun; pools = [prun.Pool(2, start_method=m) for m in ('fork', 'spawn')]",
                         "def f(x): return x + 1",
                         "print([pool.map(f, [1, 2]) for pool in pools])",
                         "def f(x): return x + 100",
                         "print([pool.map(f, [1, 2]) for pool in pools])",
                         "[pool.terminate() for pool in pools];"):
                shell.run_cell(cell).raise_error()
            """)
        self.assertEqual([line for line in lines if line.startswith("[")], ["[[2, 3], [2, 3]]", "[[101, 102], [101, 102]]"])


if __name__ == "__main__":
    support.main()
