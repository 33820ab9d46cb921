// The files of prun that run in a Python process, embedded in the program.
#pragma once

#include <string_view>

namespace prun::python {

[[nodiscard]] std::string_view modules_script() noexcept;   ///< modules.py
[[nodiscard]] std::string_view failures_script() noexcept;  ///< failures.py
[[nodiscard]] std::string_view worker_script() noexcept;    ///< worker.py
[[nodiscard]] std::string_view describe_script() noexcept;  ///< describe.py
[[nodiscard]] std::string_view results_script() noexcept;   ///< results.py
[[nodiscard]] std::string_view inside_library() noexcept;   ///< the shared library of the folder inside

}  // namespace prun::python
