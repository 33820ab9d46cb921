// One event a line. Each begins behind the comma of the one before, so that a cut file loses only its last line. Chunks are B and E
// events instead of X: they start before the duration is known.
#include "trace/json_trace.hpp"

#include "wire/json.hpp"

#include <algorithm>
#include <array>
#include <charconv>

namespace prun::trace {
namespace {

constexpr std::uint64_t held_back_track = 0;

std::uint64_t track_of(std::uint32_t worker) noexcept { return std::uint64_t{worker} + 1; }

void append(std::string& out, std::uint64_t number) {
  std::array<char, 20> digits;
  char* const end = std::to_chars(digits.data(), digits.data() + digits.size(), number).ptr;
  out.append(digits.data(), static_cast<std::size_t>(end - digits.data()));
}

/// Microseconds, with nanoseconds behind the point.
void append_time(std::string& out, std::int64_t nanoseconds) {
  const auto time = static_cast<std::uint64_t>(std::max<std::int64_t>(nanoseconds, 0));
  append(out, time / 1000);
  const auto rest = static_cast<unsigned>(time % 1000);
  const std::array<char, 4> fraction{'.', static_cast<char>('0' + rest / 100), static_cast<char>('0' + rest / 10 % 10),
                                     static_cast<char>('0' + rest % 10)};
  out.append(fraction.data(), fraction.size());
}

bool is_plain(char c) noexcept { return c >= ' ' && c < '\x7f' && c != '"' && c != '\\'; }

void append_string(std::string& out, std::string_view text) {
  if (!std::all_of(text.begin(), text.end(), is_plain)) return wire::append_json_string(out, text);
  out.append(1, '"').append(text).append(1, '"');
}

/// What all events have: the phase, the track and the time.
void append_head(std::string& out, std::string_view phase, std::uint64_t track, std::int64_t time) {
  out.append(",\n{\"ph\":\"").append(phase).append("\",\"pid\":1,\"tid\":");
  append(out, track);
  out.append(",\"ts\":");
  append_time(out, time);
}

}  // namespace

void JsonTrace::begin(const Overview& overview) {
  std::string& out = out_.bytes();
  out.append("{\"displayTimeUnit\":\"ms\",\n\"otherData\":{\"command\":");
  append_string(out, overview.name);
  for (const auto& [name, value] : overview.facts) {
    out.append(",\"").append(name).append("\":");
    append_string(out, value);
  }
  out.append("},\n\"traceEvents\":[\n{\"ph\":\"M\",\"pid\":1,\"name\":\"process_name\",\"args\":{\"name\":");
  append_string(out, overview.name);
  out.append("}}");
  name_track(held_back_track, "nothing starts");
  for (std::uint32_t worker = 0; worker < overview.workers.size(); ++worker)
    name_track(track_of(worker), overview.workers[worker]);
}

void JsonTrace::name_track(std::uint64_t track, std::string_view name) {
  std::string& out = out_.bytes();
  out.append(",\n{\"ph\":\"M\",\"pid\":1,\"tid\":");
  append(out, track);
  out.append(",\"name\":\"thread_name\",\"args\":{\"name\":");
  append_string(out, name);
  out.append("}}");
  out.append(",\n{\"ph\":\"M\",\"pid\":1,\"tid\":");
  append(out, track);
  out.append(",\"name\":\"thread_sort_index\",\"args\":{\"sort_index\":");
  append(out, track);
  out.append("}}");
  out_.pass_on_if_full();
}

void JsonTrace::chunk_starts(const ChunkStart& chunk) {
  std::string& out = out_.bytes();
  append_head(out, "B", track_of(chunk.worker), chunk.time);
  out.append(",\"cat\":\"chunk\",\"name\":\"chunk of ");
  append(out, chunk.tasks);
  out.append("\",\"args\":{\"first_task\":");
  append(out, chunk.first_index);
  out.append(",\"tasks\":");
  append(out, chunk.tasks);
  out.append("}}");
}

void JsonTrace::chunk_ends(std::uint32_t worker, std::int64_t time) {
  std::string& out = out_.bytes();
  append_head(out, "E", track_of(worker), time);
  out.append("}");
  out_.pass_on_if_full();
}

void JsonTrace::task(const TaskSlice& task) {
  std::string& out = out_.bytes();
  const std::uint64_t track = track_of(task.worker);
  append_head(out, "X", track, task.from);
  out.append(",\"dur\":");
  append_time(out, task.to - task.from);
  out.append(",\"cat\":\"task\",\"name\":");
  append_string(out, task.call);
  out.append(",\"args\":{\"task\":");
  append(out, task.index);
  if (task.attempt > 1 || task.failure) {
    out.append(",\"attempt\":");
    append(out, task.attempt);
  }
  if (!task.ended) out.append(",\"ended\":false");
  if (task.failure) {
    out.append(",\"failure\":\"").append(prun::name_of(*task.failure)).append("\"},\"cname\":\"terrible\"}");
  } else {
    out.append("}}");
  }
  if (task.arrow_in != 0) arrow("f", task.arrow_in, track, task.from);
  // An arrow belongs to the slice that is open at its time, and at its end a slice is open no more.
  if (task.arrow_out != 0) arrow("s", task.arrow_out, track, std::max(task.from, task.to - 1));
  out_.pass_on_if_full();
}

void JsonTrace::arrow(std::string_view phase, std::uint64_t number, std::uint64_t track, std::int64_t time) {
  std::string& out = out_.bytes();
  append_head(out, phase, track, time);
  out.append(",\"cat\":\"retry\",\"name\":\"retry\",\"bp\":\"e\",\"id\":");
  append(out, number);
  out.append("}");
}

void JsonTrace::counter(Counter counter, std::int64_t time, std::uint64_t value) {
  std::string& out = out_.bytes();
  out.append(",\n{\"ph\":\"C\",\"pid\":1,\"ts\":");
  append_time(out, time);
  out.append(",\"name\":\"").append(name_of(counter));
  out.append("\",\"args\":{\"").append(counter == Counter::memory ? "bytes" : "tasks").append("\":");
  append(out, value);
  out.append("}}");
  out_.pass_on_if_full();
}

void JsonTrace::held_back(std::int64_t from, std::int64_t to, std::string_view reason) {
  std::string& out = out_.bytes();
  append_head(out, "X", held_back_track, from);
  out.append(",\"dur\":");
  append_time(out, to - from);
  out.append(",\"cat\":\"held back\",\"name\":\"").append(reason).append("\"}");
  out_.pass_on_if_full();
}

void JsonTrace::end() {
  out_.bytes().append("\n]}\n");
  out_.finish();
}

}  // namespace prun::trace
