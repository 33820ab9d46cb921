// Compressed traces, read back with zlib. Without zlib there is nothing to test but the error.
#include "trace/trace_format.hpp"
#include "trace_run.hpp"

#include <doctest/doctest.h>

#include <string>

#ifdef PRUN_HAS_ZLIB
#include <zlib.h>
#endif

using namespace prun;
using namespace prun::trace;

TEST_CASE("the name of the file chooses the format and the compression") {
  CHECK(trace_format("run.json").kind == TraceFormat::Kind::json);
  CHECK_FALSE(trace_format("run.json").compressed);
  CHECK(trace_format("run.json.gz").compressed);
  CHECK(trace_format("run.pftrace").kind == TraceFormat::Kind::perfetto);
  CHECK(trace_format("run.pftrace.gz").kind == TraceFormat::Kind::perfetto);
  CHECK(trace_format("/dev/stdout").kind == TraceFormat::Kind::json);
}

TEST_CASE("a format that prun was built without is refused with an alternative") {
  for (const char* name : {"run.json", "run", "a.b/run", "-", "/dev/stdout", "/dev/shm/run.1"})
    CHECK_FALSE(unsupported_trace(name));
  CHECK(unsupported_trace("run.json.gz").has_value() != can_compress());
  if (const auto problem = unsupported_trace("run.json.gz")) CHECK(problem->ends_with("leave out .gz"));
  if (const auto problem = unsupported_trace("run.pftrace")) CHECK(problem->ends_with("use a name that ends in .json"));
}

#ifdef PRUN_HAS_ZLIB

TEST_CASE("compressed data reads back unchanged") {
  std::string text;
  for (int i = 0; i < 200'000; ++i) text += std::to_string(i * 7919);
  test::KeptBytes kept;
  const auto output = make_gzip_output(kept);
  output->write("");
  for (std::size_t at = 0; at < text.size(); at += 100'000) output->write(std::string_view(text).substr(at, 100'000));
  output->finish();
  CHECK(kept.finished);
  CHECK(kept.bytes.size() < text.size());

  z_stream stream{};
  REQUIRE(::inflateInit2(&stream, 15 + 16) == Z_OK);
  std::string back(text.size() + 1, '\0');
  stream.next_in = reinterpret_cast<Bytef*>(kept.bytes.data());
  stream.avail_in = static_cast<uInt>(kept.bytes.size());
  stream.next_out = reinterpret_cast<Bytef*>(back.data());
  stream.avail_out = static_cast<uInt>(back.size());
  CHECK(::inflate(&stream, Z_FINISH) == Z_STREAM_END);
  back.resize(stream.total_out);
  ::inflateEnd(&stream);
  CHECK(back == text);
}

#endif
