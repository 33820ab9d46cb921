"""The wheel: pip takes it with no network, into an empty folder, and the package works from there."""

import os
import re
import subprocess
import sys
import tempfile
import unittest

import support

HERE = os.path.dirname(os.path.abspath(__file__))
README = os.path.join(HERE, "..", "..", "README.md")
MAKER = os.path.join(HERE, "..", "..", "lib", "pypackage", "wheel.py")

PROGRAM = """
import os, prun

def square(x):
    return x * x

if __name__ == "__main__":
    assert prun.__file__.startswith(os.environ["EXPECTED"]), prun.__file__
    with prun.Pool(2) as pool:
        print(pool.map(square, range(5)))
    with prun.ProcessPoolExecutor() as executor:
        print(executor.submit(pow, 2, 5).result(), prun.__version__)
"""


class Wheel(unittest.TestCase):
    def test_pip_installs_it_and_it_works(self):
        with tempfile.TemporaryDirectory() as folder:
            wheel = subprocess.run([sys.executable, MAKER, support.FOLDER, "1.2.3", folder], check=True, capture_output=True,
                                   text=True).stdout.strip()
            self.assertRegex(os.path.basename(wheel), r"^prun-1\.2\.3-py3-none-linux_\w+\.whl$")
            target = os.path.join(folder, "target")
            pip = [sys.executable, "-m", "pip", "install", "--quiet", "--no-index", "--no-deps", "--target", target, wheel]
            environment = {**os.environ, "PIP_DISABLE_PIP_VERSION_CHECK": "1", "PIP_ROOT_USER_ACTION": "ignore"}
            done = subprocess.run(pip, capture_output=True, text=True, env=environment)
            if "No module named pip" in done.stderr:
                self.skipTest("this Python has no pip: install python3-pip")
            self.assertEqual(done.returncode, 0, done.stderr)
            environment.update(PYTHONPATH=target, EXPECTED=target)
            done = subprocess.run([sys.executable, "-c", PROGRAM], capture_output=True, text=True, env=environment, cwd=folder)
            self.assertEqual(done.stderr, "")
            self.assertRegex(done.stdout, r"^\[0, 1, 4, 9, 16\]\n32 \d+\.\d+\.\d+\n$")

    def test_a_new_virtual_environment_takes_it_offline_and_runs_the_example_of_the_readme(self):
        with tempfile.TemporaryDirectory() as folder:
            venv = subprocess.run([sys.executable, "-m", "venv", os.path.join(folder, "venv")], capture_output=True, text=True)
            if venv.returncode != 0:
                self.skipTest(f"this Python cannot make a virtual environment (python3-venv): {venv.stdout}{venv.stderr}")
            python = os.path.join(folder, "venv", "bin", "python")
            wheel = subprocess.run([sys.executable, MAKER, support.FOLDER, "1.2.3", folder], check=True, capture_output=True,
                                   text=True).stdout.strip()
            environment = {key: value for key, value in os.environ.items() if not key.startswith(("PYTHON", "PIP_"))}
            subprocess.run([python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-index", wheel],
                           check=True, env=environment, timeout=250)
            with open(README, encoding="utf-8") as readme:
                example = re.search(r"## In Python.*?```python\n(.*?)```", readme.read(), re.DOTALL)[1]
            script = os.path.join(folder, "example.py")
            with open(script, "w") as file:
                file.write(example + "    import prun\n    print(prun.__file__)\n")
            done = subprocess.run([python, script], capture_output=True, text=True, env=environment, cwd=folder, timeout=60)
            self.assertEqual(done.stderr, "")
            *shown, place = done.stdout.splitlines()
            self.assertTrue(place.startswith(os.path.join(folder, "venv")), place)
            self.assertEqual(shown, [str([n * n for n in range(10)]), "32"])

    def test_importing_it_loads_neither_multiprocessing_nor_ctypes(self):
        code = "import sys, prun; print({'multiprocessing', 'ctypes', 'socket', 'asyncio'} & set(sys.modules))"
        done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
        self.assertEqual((done.stdout, done.stderr), ("set()\n", ""))


if __name__ == "__main__":
    support.main()
