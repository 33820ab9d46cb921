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
  ByteOutput& output = compressed ? *compressed : plain;
  const auto background = make_background_output(output);
  file_.start();
  write_trace(history, *make_sink(format.kind, background ? *background : output));
}

}  // namespace prun::trace
