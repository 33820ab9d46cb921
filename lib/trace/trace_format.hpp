// The format of a trace, by the name of its file.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace prun::trace {

struct TraceFormat {
  enum class Kind : std::uint8_t { json, perfetto };
  Kind kind = Kind::json;
  bool compressed = false;
};

/// `.pftrace` is Perfetto's format. `.json`, and a name without a suffix, is JSON. A further `.gz` compresses it.
[[nodiscard]] TraceFormat trace_format(std::string_view path) noexcept;

/// Why this prun cannot write a trace in the format of that name, and what to do. Absent: it can. A name in /dev, or without a suffix,
/// may be a device or a pipe.
[[nodiscard]] std::optional<std::string> unsupported_trace(std::string_view path);

}  // namespace prun::trace
