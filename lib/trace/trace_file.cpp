#include "trace/trace_file.hpp"

#include "trace/byte_output.hpp"
#include "trace/json_trace.hpp"
#include "trace/perfetto_trace.hpp"
#include "trace/trace_format.hpp"
#include "trace/write_trace.hpp"

#include <memory>

namespace prun::trace {
namespace {

std::unique_ptr<TraceSink> make_sink(TraceFormat::Kind kind, ByteOutput& to) {
  if (kind == TraceFormat::Kind::perfetto) return make_perfetto_trace(to);
  return std::make_unique<JsonTrace>(to);
}

}  // namespace

void TraceFile::write(const history::History& history) {
  const TraceFormat format = trace_format(file_.path());
  FileOutput plain(file_);
  const auto compressed = format.compressed ? make_gzip_output(plain) : nullptr;
  file_.start();
  write_trace(history, *make_sink(format.kind, compressed ? *compressed : plain));
}

}  // namespace prun::trace
