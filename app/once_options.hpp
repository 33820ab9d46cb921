// What --once needs to know of a run's command line: which code its functions run, and which files its tasks read and write.
#pragma once

#include "options.hpp"

#include "journal/once.hpp"
#include "output/output_buffer.hpp"

#include <string>
#include <vector>

namespace prun::app {

/// @param tasks must outlive the result @param columns names of the inputs (--header) @param err where reasons are written (--why)
[[nodiscard]] journal::OnceOptions once_options(const RunTasks& tasks, const std::vector<std::string>& columns,
                                                OutputBuffer& err);

}  // namespace prun::app
