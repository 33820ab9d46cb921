"""The include check itself, on made-up trees."""

import tempfile
import unittest
from pathlib import Path

from check_includes import check

TABLE = """
| rank | folder | may include |
| --- | --- | --- |
| 0 | `sys` | - |
| 1 | `task` | - |
| 1 | `ring` | `sys` |
| 2 | `worker` | every lower rank |
| 3 | `app` | every lower rank |
"""


class CheckIncludes(unittest.TestCase):
    def errors(self, files, table=TABLE):
        with tempfile.TemporaryDirectory() as root:
            for name, text in {"lib/README.md": table, **files}.items():
                path = Path(root, name)
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_text(text)
            return check(root)

    def test_downward_includes_pass(self):
        self.assertEqual([], self.errors({
            "lib/sys/fd.hpp": "#include <unistd.h>\n",
            "lib/ring/ring.hpp": '#include "sys/fd.hpp"\n#include "ring/slot.hpp"\n',
            "lib/ring/slot.hpp": "",
            "lib/worker/loop.cpp": '#include "ring/ring.hpp"\n#include <fmt/format.h>\n',
            "app/main.cpp": '#include "worker/loop.hpp"\n#include "options.hpp"\n',
            "app/options.hpp": '#include "worker/loop.hpp"\n',
            "lib/worker/loop.hpp": "#include <prun/task.hpp>\n",
            "lib/include/prun/task.hpp": "#include <string>\n#include <cereal/cereal.hpp>\n",
        }))

    def test_upward_include(self):
        errors = self.errors({"lib/sys/fd.cpp": '// first\n#include "task/task.hpp"\n', "lib/task/task.hpp": ""})
        self.assertEqual(["lib/sys/fd.cpp:2: sys may not include 'task/task.hpp' (folders that it may include: none)"],
                         errors)

    def test_same_rank_is_not_lower(self):
        errors = self.errors({"lib/ring/a.hpp": '#include "task/task.hpp"\n', "lib/task/task.hpp": ""})
        self.assertEqual(1, len(errors))
        self.assertIn("ring may not include 'task/task.hpp' (folders that it may include: sys)", errors[0])

    def test_a_lower_folder_that_is_not_named(self):
        self.assertEqual(1, len(self.errors({"lib/task/t.hpp": '#include "sys/fd.hpp"', "lib/sys/fd.hpp": ""})))

    def test_library_may_not_include_the_app(self):
        errors = self.errors({"lib/worker/w.cpp": '#include "app/options.hpp"', "app/options.hpp": ""})
        self.assertEqual(1, len(errors))

    def test_a_relative_path_is_no_way_around(self):
        errors = self.errors({"lib/sys/fd.cpp": '#include "../task/task.hpp"\n', "lib/task/task.hpp": ""})
        self.assertEqual(1, len(errors))

    def test_commented_includes_do_not_count(self):
        self.assertEqual([], self.errors({
            "lib/sys/fd.cpp": '// #include "task/task.hpp"\n/*\n#include "task/task.hpp"\n*/\n', "lib/task/task.hpp": ""}))

    def test_a_conditional_or_indented_include_counts(self):
        errors = self.errors({"lib/sys/fd.cpp": '#if 0\n #  include "task/task.hpp"\n#endif\n', "lib/task/task.hpp": ""})
        self.assertEqual(1, len(errors))

    def test_public_headers_include_nothing_private_nor_foreign(self):
        for name in ("task/task.hpp", "fmt/format.h", "unistd.h", "tl/expected.hpp"):
            errors = self.errors({"lib/include/prun/pool.hpp": f"#include <{name}>\n", "lib/task/task.hpp": ""})
            self.assertEqual(1, len(errors), name)
            self.assertIn(f"lib/include/prun/pool.hpp:1: a public header includes '{name}'", errors[0])

    def test_cycle_of_files_within_a_folder(self):
        errors = self.errors({"lib/sys/a.hpp": '#include "sys/b.hpp"\n', "lib/sys/b.hpp": '#include "sys/a.hpp"\n'})
        self.assertEqual(["cycle: lib/sys/a.hpp -> lib/sys/b.hpp -> lib/sys/a.hpp"], errors)

    def test_folder_missing_from_the_table(self):
        errors = self.errors({"lib/odd/a.cpp": '#include "sys/fd.hpp"\n', "lib/sys/fd.hpp": ""})
        self.assertEqual(["lib/odd: not in the table of lib/README.md"], errors)

    def test_a_table_that_points_upward(self):
        errors = self.errors({}, "| 0 | `sys` | `task` |\n| 1 | `task` | - |\n")
        self.assertEqual(["lib/README.md: 'sys' (rank 0) may include 'task' (rank 1), which is not lower"], errors)

    def test_no_table(self):
        self.assertEqual(1, len(self.errors({}, "# nothing\n")))

    def test_benchmarks_may_look_anywhere(self):
        self.assertEqual([], self.errors({"lib/sys/fd_bench.cpp": '#include "task/task.hpp"\n', "lib/task/task.hpp": ""}))


if __name__ == "__main__":
    unittest.main()
