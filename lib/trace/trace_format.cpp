#include "trace/trace_format.hpp"

#include "trace/byte_output.hpp"
#include "trace/perfetto_trace.hpp"

#include <filesystem>

namespace prun::trace {
namespace {

bool is_known(const std::filesystem::path& path) {
  if (path.native().starts_with("/dev/") || !path.has_extension()) return true;
  const std::filesystem::path format = path.extension() == ".gz" ? path.stem() : path;
  return format.extension() == ".json" || format.extension() == ".pftrace";
}

}  // namespace

TraceFormat trace_format(std::string_view path) noexcept {
  TraceFormat format;
  format.compressed = path.ends_with(".gz");
  if (format.compressed) path.remove_suffix(3);
  if (path.ends_with(".pftrace")) format.kind = TraceFormat::Kind::perfetto;
  return format;
}

std::optional<std::string> unsupported_trace(std::string_view path) {
  if (!is_known(path))
    return "cannot write the trace " + std::string(path) +
           ": use a name that ends in .json or .pftrace, or in .json.gz or .pftrace.gz";
  const TraceFormat format = trace_format(path);
  if (format.compressed && !can_compress())
    return "this prun was built without zlib and cannot write " + std::string(path) + ": leave out .gz";
  if (format.kind == TraceFormat::Kind::perfetto && !can_write_perfetto())
    return "this prun was built without libprotozero and cannot write " + std::string(path) +
           ": use a name that ends in .json";
  return std::nullopt;
}

}  // namespace prun::trace
