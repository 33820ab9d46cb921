// Creates the listener that prints, from the options. It knows every format; no format knows another.
#pragma once

#include "command/spilled_files.hpp"
#include "event/task_event.hpp"
#include "output/output_buffer.hpp"
#include "output/output_options.hpp"

#include <memory>

namespace prun {

/// @param files the outputs of commands that were too large for memory
/// Results go to `out`. The text and template formats print failures to `err`. Both must outlive the listener, which never
/// flushes them. A line is written completely or not at all. @throws std::invalid_argument for a bad template, with the
/// sentence to print
[[nodiscard]] std::unique_ptr<Listener> make_output(const OutputOptions& options, OutputBuffer& out, OutputBuffer& err,
                                                    command::SpilledFiles* files = nullptr);

}  // namespace prun
