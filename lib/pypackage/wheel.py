"""Makes a wheel of the built package, with nothing but the standard library.

    python3 wheel.py FOLDER_OF_THE_PACKAGE VERSION OUTPUT_FOLDER

The engine needs no particular Python, so the wheel is for every Python 3 on this kind of machine: py3-none-linux_x86_64.
"""

import base64
import hashlib
import os
import platform
import sys
import zipfile

METADATA = """\
Metadata-Version: 2.1
Name: prun
Version: {version}
Summary: The pools of multiprocessing and concurrent.futures that cannot hang
License: MIT
Requires-Python: >=3.8
Classifier: Operating System :: POSIX :: Linux
Classifier: Programming Language :: Python :: 3
Classifier: Programming Language :: C++
Classifier: Typing :: Typed
"""

WHEEL = """\
Wheel-Version: 1.0
Generator: prun
Root-Is-Purelib: false
Tag: {tag}
"""


def digest(data):
    return "sha256=" + base64.urlsafe_b64encode(hashlib.sha256(data).digest()).rstrip(b"=").decode()


def files_of(folder):
    for name in sorted(os.listdir(os.path.join(folder, "prun"))):
        if name.endswith((".py", ".so", ".pyi", ".sql", "py.typed")):
            with open(os.path.join(folder, "prun", name), "rb") as file:
                yield f"prun/{name}", file.read()


def make(folder, version, output):
    tag = f"py3-none-linux_{platform.machine()}"
    info = f"prun-{version}.dist-info"
    files = list(files_of(folder))
    files.append((f"{info}/METADATA", METADATA.format(version=version).encode()))
    files.append((f"{info}/WHEEL", WHEEL.format(tag=tag).encode()))
    record = "".join(f"{name},{digest(data)},{len(data)}\n" for name, data in files) + f"{info}/RECORD,,\n"
    files.append((f"{info}/RECORD", record.encode()))
    os.makedirs(output, exist_ok=True)
    path = os.path.join(output, f"prun-{version}-{tag}.whl")
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as wheel:
        for name, data in files:
            entry = zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0))  # the same bytes from the same files
            entry.external_attr = (0o100755 if name.endswith(".so") else 0o100644) << 16
            entry.compress_type = zipfile.ZIP_DEFLATED
            wheel.writestr(entry, data)
    return path


if __name__ == "__main__":
    print(make(*sys.argv[1:4]))
