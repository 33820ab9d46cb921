// The Trace Event format of JSON, which Chrome, Perfetto and speedscope read.
#pragma once

#include "trace/byte_output.hpp"
#include "trace/trace_sink.hpp"

namespace prun::trace {

class JsonTrace final : public TraceSink {
 public:
  explicit JsonTrace(ByteOutput& to) : out_(to) {}

  void begin(const Overview& overview) override;
  void chunk_starts(const ChunkStart& chunk) override;
  void chunk_ends(std::uint32_t worker, std::int64_t time) override;
  void task(const TaskSlice& task) override;
  void counter(Counter counter, std::int64_t time, std::uint64_t value) override;
  void held_back(std::int64_t from, std::int64_t to, std::string_view reason) override;
  void end() override;

 private:
  void name_track(std::uint64_t track, std::string_view name);
  template <std::size_t Size>
  void arrow(const char (&phase)[Size], std::uint64_t number, std::uint64_t track, std::int64_t time);

  BufferedBytes out_;
};

}  // namespace prun::trace
