// From options to the listener that prints. It knows every format; no format knows another.
#pragma once

#include "command/spilled_files.hpp"
#include "event/task_event.hpp"
#include "output/output_buffer.hpp"
#include "output/output_options.hpp"

#include <memory>

namespace prun {

/// @param files where outputs of commands are that were too large for memory
/// Results go to `out`, what text and templates say of failures to `err`; both outlive the listener, which never
/// flushes them. A line appears whole or not at all. @throws std::invalid_argument where the template is bad, with the
/// sentence to print
[[nodiscard]] std::unique_ptr<Listener> make_output(const OutputOptions& options, OutputBuffer& out, OutputBuffer& err,
                                                    command::SpilledFiles* files = nullptr);

}  // namespace prun
