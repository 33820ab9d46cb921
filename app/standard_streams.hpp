// The state in which prun wants to find its standard streams. It knows nothing of what is written to them.
#pragma once

#include <string_view>

namespace prun::app {

/// A descriptor that came closed is opened on /dev/null the wrong way round, so that nothing else takes its number and
/// using it is an error; and a reader that goes away, or a file that may not grow, is an error of write(), not the end of the
/// process (sys/caller_state.hpp).
void prepare_standard_streams() noexcept;

/// Writes to standard error, come what may.
void complain(std::string_view text) noexcept;

/// After the last output. Some file systems say only at the close that what was written has no space.
/// @throws std::system_error
void close_standard_output();

}  // namespace prun::app
