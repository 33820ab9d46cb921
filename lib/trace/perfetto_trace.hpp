// Perfetto's own format: packets of protocol buffers with track events. About half as large as JSON.
#pragma once

#include "trace/byte_output.hpp"
#include "trace/trace_sink.hpp"

#include <memory>

namespace prun::trace {

/// This prun was built with libprotozero.
[[nodiscard]] bool can_write_perfetto() noexcept;

/// Requires `can_write_perfetto()`.
[[nodiscard]] std::unique_ptr<TraceSink> make_perfetto_trace(ByteOutput& to);

}  // namespace prun::trace
